using Buffer = Glue.Functions.Transform.Compressing.ZstdNative.Buffer;

namespace Glue.Functions.Transform.Compressing;

/// <summary>Writes one Zstandard frame with a checksum; ends it when disposed.</summary>
internal sealed unsafe class ZstdWriter : ForwardStream
{
    private readonly Stream _target;
    private readonly byte[] _output = new byte[128 * 1024];
    private nint _context = ZstdNative.NewCompressor();

    public ZstdWriter(Stream target)
    {
        _target = target;
        ZstdNative.Check(ZstdNative.SetParameter(_context, ZstdNative.ChecksumFlag, 1));
    }

    public override bool CanWrite => true;

    public override void Write(ReadOnlySpan<byte> buffer) => Compress(buffer, ZstdNative.Continue);

    protected override void Dispose(bool disposing)
    {
        if (_context != 0)
        {
            if (disposing)
            {
                Compress(default, ZstdNative.End);
            }

            ZstdNative.FreeCompressor(_context);
            _context = 0;
        }

        base.Dispose(disposing);
    }

    private void Compress(ReadOnlySpan<byte> bytes, int operation)
    {
        fixed (byte* input = bytes, output = _output)
        {
            var from = new Buffer { Bytes = input, Size = (nuint)bytes.Length };
            nuint left;
            do
            {
                var to = new Buffer { Bytes = output, Size = (nuint)_output.Length };
                left = ZstdNative.Check(ZstdNative.Compress(_context, &to, &from, operation));
                _target.Write(_output, 0, (int)to.Position);
            }
            while (operation == ZstdNative.End ? left > 0 : from.Position < from.Size);
        }
    }
}
