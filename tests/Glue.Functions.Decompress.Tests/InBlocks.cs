namespace Glue.Functions.Decompress.Tests;

/// <summary>Gives at most so many bytes at a time, as a connection does.</summary>
internal sealed class InBlocks(byte[] bytes, int blockBytes) : MemoryStream(bytes)
{
    public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, blockBytes)]);
}
