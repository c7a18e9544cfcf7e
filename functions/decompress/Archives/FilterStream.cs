namespace Glue.Functions.Decompress.Archives;

/// <summary>What one of libarchive's filters makes of a stream, read to its last byte so that every checksum is looked at.</summary>
internal sealed unsafe class FilterStream : Stream
{
    private readonly ArchiveHandle _archive;
    private byte* _block;
    private long _blockBytes;
    private long _taken; // of the block
    private bool _ended;

    public FilterStream(Stream source, int filterCode)
    {
        _archive = new ArchiveHandle(source, seeks: false);
        try
        {
            _ = ArchiveNative.SupportFilter(_archive.Pointer, filterCode);
            _ = ArchiveNative.SupportRaw(_archive.Pointer);
            _archive.Open();
            _ended = !_archive.Next(out _);
        }
        catch
        {
            _archive.Dispose();
            throw;
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        while (_taken == _blockBytes && !_ended)
        {
            _ended = !_archive.ReadBlock(out var bytes, out _);
            fixed (byte* start = bytes)
            {
                _block = start; // libarchive's own memory: it does not move
            }

            (_taken, _blockBytes) = (0, bytes.Length);
        }

        var read = (int)Math.Min(buffer.Length, _blockBytes - _taken);
        new ReadOnlySpan<byte>(_block + _taken, read).CopyTo(buffer);
        _taken += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _archive.Dispose();
        }

        base.Dispose(disposing);
    }
}
