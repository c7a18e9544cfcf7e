using Glue.Functions.Objects.Staging;

namespace Glue.Functions.Transform.Tests;

/// <summary>Keeps results in memory.</summary>
internal sealed class MemoryObjects : IStagedObjects
{
    private MemoryStream? _current;

    public Dictionary<string, MemoryStream> Written { get; } = new(StringComparer.Ordinal);

    public void Begin(string key, long? bytes, StagedDigest? digest = null) => Written[key] = _current = new MemoryStream();

    public void Write(ReadOnlySpan<byte> bytes) => _current!.Write(bytes);

    public void End() => _current = null;

    public void Publish()
    {
    }

    public void Dispose()
    {
    }
}
