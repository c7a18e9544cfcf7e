using Buffer = Glue.Functions.Transform.Compressing.ZstdNative.Buffer;

namespace Glue.Functions.Transform.Compressing;

/// <summary>What is inside a Zstandard stream, frame after frame.</summary>
internal sealed unsafe class ZstdReader(Stream source) : ForwardStream
{
    private readonly byte[] _input = new byte[128 * 1024];
    private nint _context = ZstdNative.NewDecompressor();
    private int _at;
    private int _end;
    private bool _isWhole = true;

    public override bool CanRead => true;

    /// <exception cref="InvalidDataException">Damaged, or cut short.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_at == _end)
            {
                (_at, _end) = (0, source.Read(_input));
                if (_end == 0)
                {
                    return _isWhole ? 0 : throw new InvalidDataException("zstd: the data ends inside a frame");
                }
            }

            fixed (byte* input = _input, output = buffer)
            {
                var to = new Buffer { Bytes = output, Size = (nuint)buffer.Length };
                var from = new Buffer { Bytes = input, Size = (nuint)_end, Position = (nuint)_at };
                _isWhole = ZstdNative.Check(ZstdNative.Decompress(_context, &to, &from)) == 0;
                _at = (int)from.Position;
                if (to.Position > 0)
                {
                    return (int)to.Position;
                }
            }
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (_context != 0)
        {
            ZstdNative.FreeDecompressor(_context);
            _context = 0;
        }

        base.Dispose(disposing);
    }
}
