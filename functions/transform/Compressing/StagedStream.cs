using Glue.Functions.Objects.Staging;

namespace Glue.Functions.Transform.Compressing;

/// <summary>Writes into the object that was begun last.</summary>
internal sealed class StagedStream(IStagedObjects objects) : ForwardStream
{
    public override bool CanWrite => true;

    public override void Write(ReadOnlySpan<byte> buffer) => objects.Write(buffer);
}
