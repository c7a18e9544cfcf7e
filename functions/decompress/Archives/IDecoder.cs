namespace Glue.Functions.Decompress.Archives;

/// <summary>Content of a compressed stream, block by block, each in the decoder's own memory: nothing is copied on its way to libarchive.</summary>
internal interface IDecoder : IDisposable
{
    /// <returns>The next bytes, in native memory, valid until the next call; empty at the end.</returns>
    /// <exception cref="ArchiveError">What libarchive says of broken data.</exception>
    /// <exception cref="InvalidDataException">Other broken data; thrown once all before it was handed out.</exception>
    ReadOnlySpan<byte> ReadBlock();
}
