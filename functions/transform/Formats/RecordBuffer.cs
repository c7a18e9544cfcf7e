namespace Glue.Functions.Transform.Formats;

/// <summary>What is written of records, handed on whenever it is full: memory is the same for a record of any length.</summary>
internal sealed class RecordBuffer
{
    /// <summary>Most bytes that <see cref="GetSpan"/> gives at once.</summary>
    public const int MostSpanBytes = 64 * 1024;

    private const int FullBytes = 128 * 1024;

    private readonly byte[] _bytes = new byte[FullBytes + MostSpanBytes];
    private int _used;
    private long _handedOn;
    private Stream _target = Stream.Null;

    /// <summary>Bytes written for the current target.</summary>
    public long Written => _handedOn + _used;

    /// <param name="target">Where it goes from now on; what is written before it has been flushed.</param>
    public void Begin(Stream target) => (_target, _handedOn) = (target, 0);

    /// <param name="least">Bytes that are needed, at most <see cref="MostSpanBytes"/>.</param>
    public Span<byte> GetSpan(int least)
    {
        if (_bytes.Length - _used < least)
        {
            Flush();
        }

        return _bytes.AsSpan(_used);
    }

    /// <summary>So many of the bytes that <see cref="GetSpan"/> gave were filled.</summary>
    public void Advance(int bytes)
    {
        _used += bytes;
        if (_used >= FullBytes)
        {
            Flush();
        }
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MostSpanBytes)
        {
            Flush();
            _target.Write(bytes);
            _handedOn += bytes.Length;
            return;
        }

        bytes.CopyTo(GetSpan(bytes.Length));
        Advance(bytes.Length);
    }

    public void Flush()
    {
        _target.Write(_bytes, 0, _used);
        _handedOn += _used;
        _used = 0;
    }
}
