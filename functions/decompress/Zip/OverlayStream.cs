namespace Glue.Functions.Decompress.Zip;

/// <summary>The beginning of one stream, then bytes from memory.</summary>
/// <param name="start">Can seek; its owner closes it.</param>
/// <param name="startBytes">As much of it as counts.</param>
/// <param name="tail">What follows.</param>
internal sealed class OverlayStream(Stream start, long startBytes, byte[] tail) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => startBytes + tail.Length;

    public override long Position { get => _position; set => _position = value; }

    public override int Read(Span<byte> buffer)
    {
        int read;
        if (_position < startBytes)
        {
            start.Position = _position;
            read = start.Read(buffer[..(int)Math.Min(buffer.Length, startBytes - _position)]);
        }
        else
        {
            var rest = tail.AsSpan((int)Math.Min(tail.Length, _position - startBytes));
            read = Math.Min(rest.Length, buffer.Length);
            rest[..read].CopyTo(buffer);
        }

        _position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => _position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
