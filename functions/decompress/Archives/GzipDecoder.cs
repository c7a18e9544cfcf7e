using System.Runtime.ExceptionServices;

namespace Glue.Functions.Decompress.Archives;

/// <summary>
/// What a gzip file holds (RFC 1952): its members one after the other, each with its checksum and length compared. What follows the last
/// member and is no member is left alone, as gzip does.
/// </summary>
internal sealed class GzipDecoder : IDecoder
{
    private const int MagicBytes = 2;

    private readonly SourceBuffer _input;
    private readonly Inflater _inflater = new();
    private Place _place = Place.Header;
    private ExceptionDispatchInfo? _fault;

    /// <param name="source">Read from where it stands; its owner closes it.</param>
    public GzipDecoder(Stream source)
    {
        _input = new SourceBuffer(source);
        _inflater.Begin(IsalNative.GzipTrailer);
    }

    private enum Place
    {
        Header,
        Content,
        BehindMember,
        End,
    }

    public ReadOnlySpan<byte> ReadBlock()
    {
        _fault?.Throw();
        _inflater.EmptyBlock();
        try
        {
            while (!_inflater.IsBlockFull && _place != Place.End)
            {
                Step();
            }
        }
        catch (InvalidDataException e) when (_inflater.Block.Length > 0)
        {
            _fault = ExceptionDispatchInfo.Capture(e);
        }

        return _inflater.Block;
    }

    public void Dispose()
    {
        _inflater.Dispose();
        _input.Dispose();
    }

    private void Step()
    {
        switch (_place)
        {
            case Place.Header when _inflater.ReadGzipHeader(_input):
                _place = Place.Content;
                break;

            case Place.Header:
                FillOr("the gzip header is cut short");
                break;

            case Place.Content:
                Inflate();
                break;

            case Place.BehindMember when IsMemberNext():
                _inflater.Begin(IsalNative.GzipTrailer);
                _place = Place.Header;
                break;

            default:
                _place = Place.End;
                break;
        }
    }

    private void Inflate()
    {
        _ = _inflater.Inflate(_input, _input.Available);
        if (_inflater.IsFinished)
        {
            _place = Place.BehindMember;
        }
        else if (!_inflater.IsBlockFull && _input.Available == 0)
        {
            FillOr("the gzip data end too early");
        }
    }

    private bool IsMemberNext() => _input.Ensure(MagicBytes) && _input.Span is [0x1F, 0x8B, ..];

    private void FillOr(string problem)
    {
        if (!_input.Fill())
        {
            throw new InvalidDataException(problem);
        }
    }
}
