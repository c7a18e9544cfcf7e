namespace Glue.Functions.Decompress.Archives;

/// <summary>What one of libarchive's filters makes of a stream, read to its last byte so that every checksum is looked at.</summary>
internal sealed class FilterDecoder : IDecoder
{
    private readonly ArchiveHandle _archive;
    private bool _ended;

    public FilterDecoder(Stream source, int filterCode)
    {
        _archive = new ArchiveHandle(source, seeks: false);
        try
        {
            _ = ArchiveNative.SupportFilter(_archive.Pointer, filterCode);
            _ = ArchiveNative.SupportRaw(_archive.Pointer);
            _ = ArchiveNative.SupportEmpty(_archive.Pointer);
            _archive.Open();
            if (ArchiveNative.Filter(_archive.Pointer, 0) != filterCode)
            {
                throw new ArchiveError("the header of the compressed data is cut short or damaged"); // libarchive would hand them out as they are
            }

            _ended = !_archive.Next(out _);
        }
        catch
        {
            _archive.Dispose();
            throw;
        }
    }

    public ReadOnlySpan<byte> ReadBlock()
    {
        while (!_ended)
        {
            _ended = !_archive.ReadBlock(out var bytes, out _);
            if (!bytes.IsEmpty)
            {
                return bytes;
            }
        }

        return default;
    }

    public void Dispose() => _archive.Dispose();
}
