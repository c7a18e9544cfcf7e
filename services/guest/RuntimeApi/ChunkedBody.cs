namespace Glue.Guest.RuntimeApi;

/// <summary>Takes HTTP/1.1's chunked coding off a body that arrives in pieces. Extensions are skipped, and trailers unless somebody wants them.</summary>
internal struct ChunkedBody
{
    private enum State : byte
    {
        Size,
        Extension,
        Data,
        DataEnd,
        TrailerStart,
        Trailer,
        Done,
    }

    private State _state;
    private long _left;

    public readonly bool IsDone => _state == State.Done;

    /// <summary>Takes from <paramref name="input"/> up to the end of one stretch of data.</summary>
    /// <param name="input">What has arrived.</param>
    /// <param name="data">The stretch, a part of <paramref name="input"/>; may be empty.</param>
    /// <param name="trailers">Gets what follows the last chunk; null: nobody wants it.</param>
    /// <returns>How much of the input is used up; -1: this is not chunked coding.</returns>
    public int Read(ReadOnlySpan<byte> input, out ReadOnlySpan<byte> data, ErrorTrailers? trailers = null)
    {
        data = default;
        var at = 0;
        while (at < input.Length && _state != State.Done)
        {
            if (_state == State.Data)
            {
                var length = (int)Math.Min(_left, input.Length - at);
                data = input.Slice(at, length);
                _left -= length;
                if (_left == 0)
                {
                    _state = State.DataEnd;
                }

                return at + length;
            }

            if (_state is State.TrailerStart or State.Trailer)
            {
                trailers?.Append(input[at]);
            }

            if (!Step(input[at++]))
            {
                return -1;
            }
        }

        return at;
    }

    private bool Step(byte next)
    {
        switch (_state)
        {
            case State.Size when char.IsAsciiHexDigit((char)next):
                _left = (_left << 4) | (uint)HexValue(next);
                return _left <= uint.MaxValue;
            case State.Size or State.Extension:
                _state = next != '\n' ? State.Extension : _left == 0 ? State.TrailerStart : State.Data;
                return true;
            case State.DataEnd:
                _state = next == '\n' ? State.Size : State.DataEnd;
                return next is (byte)'\r' or (byte)'\n';
            case State.TrailerStart:
                _state = next == '\n' ? State.Done : next == '\r' ? State.TrailerStart : State.Trailer;
                return true;
            default:
                _state = next == '\n' ? State.TrailerStart : State.Trailer;
                return true;
        }
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
