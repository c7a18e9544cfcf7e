namespace Glue.Functions.Transform.Formats;

/// <summary>The part of the input that is looked at: it moves forward record by record, and grows while a record does not fit.</summary>
/// <param name="input">UTF-8.</param>
/// <param name="charset">What it was made UTF-8 from, by <see cref="Utf8Input"/>; null: it is the input itself.</param>
internal sealed class ByteWindow(Stream input, string? charset)
{
    /// <summary>Bytes of one record.</summary>
    public const int MostRecordBytes = 32 * 1024 * 1024;

    private byte[] _bytes = new byte[256 * 1024];
    private int _start;
    private int _end;

    public string? Charset { get; } = charset;

    /// <summary>No more will come.</summary>
    public bool IsLast { get; private set; }

    /// <summary>What ends a line.</summary>
    public byte LineEnd { get; set; } = (byte)'\n';

    /// <summary>Lines that were passed.</summary>
    public long Lines { get; private set; }

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(_start, _end - _start);

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(_start, _end - _start);

    /// <summary>Leaves bytes behind.</summary>
    public void Pass(int bytes)
    {
        Lines += _bytes.AsSpan(_start, bytes).Count(LineEnd);
        _start += bytes;
    }

    /// <summary>Brings more behind what is there. What was taken from <see cref="Memory"/> before is void.</summary>
    /// <exception cref="BrokenInputException">One record has more than 32 MiB.</exception>
    public void Fill()
    {
        if (_start > 0)
        {
            _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _bytes.Length)
        {
            if (_bytes.Length >= MostRecordBytes)
            {
                throw new BrokenInputException($"the record that begins in line {Lines + 1} has more than {MostRecordBytes} bytes");
            }

            Array.Resize(ref _bytes, _bytes.Length * 2);
        }

        var read = input.ReadAtLeast(_bytes.AsSpan(_end), _bytes.Length - _end, throwOnEndOfStream: false);
        _end += read;
        IsLast = _end < _bytes.Length;
    }
}
