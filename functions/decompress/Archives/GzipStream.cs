using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Glue.Functions.Decompress.Archives;

/// <summary>
/// What a gzip file holds (RFC 1952): its members one after the other, each with its checksum and length compared. What follows the last
/// member and is no member is left alone, as gzip does. Inflated by ISA-L, which takes half of zlib's time.
/// </summary>
/// <remarks>Broken data is an <see cref="InvalidDataException"/>, thrown once all before it was handed out.</remarks>
internal sealed unsafe class GzipStream : Stream
{
    private const int InputBytes = 256 * 1024;
    private const int MagicBytes = 2;

    private readonly Stream _source;
    private readonly byte* _input = (byte*)NativeMemory.Alloc(InputBytes);
    private readonly byte* _header = (byte*)NativeMemory.AllocZeroed(IsalNative.HeaderBytes);
    private readonly IsalNative.State* _state = (IsalNative.State*)NativeMemory.Alloc((nuint)sizeof(IsalNative.State));
    private Place _place = Place.Header;
    private ExceptionDispatchInfo? _fault;
    private bool _disposed;

    /// <param name="source">Read from where it stands; its owner closes it.</param>
    public GzipStream(Stream source)
    {
        _source = source;
        IsalNative.Initialize(_state);
        _state->ChecksumKind = IsalNative.GzipTrailer;
        IsalNative.InitializeHeader(_header);
    }

    private enum Place
    {
        Header,
        Content,
        BehindMember,
        End,
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _fault?.Throw();
        fixed (byte* output = buffer)
        {
            _state->NextOut = output;
            _state->AvailableOut = (uint)buffer.Length;
            try
            {
                while (_state->AvailableOut > 0 && _place != Place.End)
                {
                    Step();
                }
            }
            catch (InvalidDataException e) when (_state->AvailableOut < buffer.Length)
            {
                _fault = ExceptionDispatchInfo.Capture(e);
            }
        }

        return buffer.Length - (int)_state->AvailableOut;
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
        if (!_disposed)
        {
            _disposed = true;
            NativeMemory.Free(_state);
            NativeMemory.Free(_header);
            NativeMemory.Free(_input);
        }

        base.Dispose(disposing);
    }

    private void Step()
    {
        switch (_place)
        {
            case Place.Header:
                ReadHeader();
                break;

            case Place.Content:
                Inflate();
                break;

            default:
                _place = IsMemberNext() ? Place.Header : Place.End;
                break;
        }
    }

    private void ReadHeader()
    {
        if (IsFine(IsalNative.ReadHeader(_state, _header)))
        {
            _place = Place.Content;
        }
        else
        {
            FillOrThrow();
        }
    }

    private void Inflate()
    {
        var (input, output) = (_state->AvailableIn, _state->AvailableOut);
        _ = IsFine(IsalNative.Inflate(_state));
        if (_state->BlockState == IsalNative.Finished)
        {
            _place = Place.BehindMember;
        }
        else if (_state->AvailableOut > 0 && _state->AvailableIn == 0)
        {
            FillOrThrow();
        }
        else if ((input, output) == (_state->AvailableIn, _state->AvailableOut))
        {
            throw new InvalidDataException("the gzip data cannot be decoded"); // ISA-L would say the same for ever
        }
    }

    private bool IsMemberNext()
    {
        while (_state->AvailableIn < MagicBytes)
        {
            if (!Fill())
            {
                return false;
            }
        }

        if (_state->NextIn[0] != 0x1F || _state->NextIn[1] != 0x8B)
        {
            return false;
        }

        IsalNative.Reset(_state);
        IsalNative.InitializeHeader(_header);
        return true;
    }

    private void FillOrThrow()
    {
        if (!Fill())
        {
            throw new InvalidDataException(_place == Place.Header ? "the gzip header is cut short" : "the gzip data end too early");
        }
    }

    /// <summary>Reads on behind what is left of the input.</summary>
    /// <returns>False at the source's end.</returns>
    private bool Fill()
    {
        var left = (int)_state->AvailableIn;
        new ReadOnlySpan<byte>(_state->NextIn, left).CopyTo(new Span<byte>(_input, left));
        var read = _source.Read(new Span<byte>(_input + left, InputBytes - left));
        _state->NextIn = _input;
        _state->AvailableIn = (uint)(left + read);
        return read > 0;
    }

    /// <returns>False when there is more to read first.</returns>
    private static bool IsFine(int result) => result switch
    {
        IsalNative.Ok => true,
        IsalNative.EndOfInput => false,
        IsalNative.IncorrectChecksum => throw new InvalidDataException("the gzip data do not fit their checksum or length"),
        IsalNative.InvalidWrapper or IsalNative.UnsupportedMethod => throw new InvalidDataException("the gzip header is not valid"),
        IsalNative.InvalidBlock => throw new InvalidDataException("the gzip data have an invalid block"),
        IsalNative.InvalidSymbol => throw new InvalidDataException("the gzip data have an invalid symbol"),
        IsalNative.InvalidLookback => throw new InvalidDataException("the gzip data refer to something before their beginning"),
        _ => throw new InvalidDataException($"the gzip data cannot be decoded (ISA-L's error {result})"),
    };
}
