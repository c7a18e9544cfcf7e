using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Formats;

/// <summary>JSON: an array of objects, or objects one after the other. Read object by object, however long the array is.</summary>
internal sealed class JsonReader(ByteWindow window) : RecordReader(window)
{
    private readonly JsonObjectParser _parser = new();
    private bool _inArray;
    private bool _ended;
    private bool _afterValue;
    private bool _afterComma;

    public override bool Read(Record record)
    {
        while (true)
        {
            PassBetween();
            var bytes = Window.Span;
            if (bytes.IsEmpty)
            {
                return _inArray && !_ended ? throw new BrokenInputException("the JSON array is not closed") : false;
            }

            if (_ended)
            {
                throw new BrokenInputException($"something follows the JSON array in line {Window.Lines + 1}");
            }

            if (_inArray ? _afterValue || bytes[0] is (byte)',' or (byte)']' : bytes[0] is (byte)',' or (byte)']' or (byte)'[')
            {
                throw new BrokenInputException($"the JSON has '{(char)bytes[0]}' in line {Window.Lines + 1}, where {(_inArray && _afterValue ? "',' or ']'" : "an object")} was expected");
            }

            var length = Length(bytes);
            if (length < 0)
            {
                if (Window.IsLast)
                {
                    throw new BrokenInputException($"the JSON that begins in line {Window.Lines + 1} is not closed");
                }

                Window.Fill();
                continue;
            }

            (_afterValue, _afterComma) = (true, false);
            Take(record, length);
            _parser.Parse(record.Raw, record);
            return true;
        }
    }

    /// <summary>White space, and the array's brackets and commas where they may be.</summary>
    private void PassBetween()
    {
        while (true)
        {
            var bytes = Window.Span;
            var at = 0;
            while (at < bytes.Length && (bytes[at] <= ' ' || IsOfArray(bytes[at])))
            {
                at++;
            }

            Window.Pass(at);
            if (at < bytes.Length || Window.IsLast)
            {
                return;
            }

            Window.Fill();
        }
    }

    private bool IsOfArray(byte b)
    {
        switch (b)
        {
            case (byte)'[' when !_inArray && !_afterValue:
                return _inArray = true;
            case (byte)',' when _inArray && !_ended && _afterValue:
                (_afterValue, _afterComma) = (false, true);
                return true;
            case (byte)']' when _inArray && !_ended && !_afterComma:
                return _ended = true;
            default:
                return false;
        }
    }

    /// <summary>Of the value at the beginning: to its closing bracket or quote; of a number or word to the next comma.</summary>
    /// <returns>-1: it does not end here.</returns>
    private static int Length(ReadOnlySpan<byte> bytes)
    {
        if (bytes[0] == '"')
        {
            return EndOfString(bytes, 1);
        }

        if (bytes[0] is not ((byte)'{' or (byte)'['))
        {
            return bytes.IndexOfAny((byte)',', (byte)'\n', (byte)']');
        }

        var depth = 0;
        for (var at = 0; ;)
        {
            var step = bytes[at..].IndexOfAny("{}[]\""u8);
            if (step < 0)
            {
                return -1;
            }

            at += step;
            switch (bytes[at++])
            {
                case (byte)'"':
                    at = EndOfString(bytes, at);
                    if (at < 0)
                    {
                        return -1;
                    }

                    break;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                default:
                    if (--depth == 0)
                    {
                        return at;
                    }

                    break;
            }
        }
    }

    private static int EndOfString(ReadOnlySpan<byte> bytes, int at)
    {
        while (bytes[at..].IndexOfAny((byte)'"', (byte)'\\') is >= 0 and var step)
        {
            at += step;
            if (bytes[at] == '"')
            {
                return at + 1;
            }

            at += 2; // the escaped character
            if (at > bytes.Length)
            {
                return -1;
            }
        }

        return -1;
    }
}
