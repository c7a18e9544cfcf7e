using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Formats;

/// <summary>JSON: an array of objects, or objects one after the other. Read object by object, however long the array is.</summary>
internal sealed class JsonReader(ByteWindow window) : RecordReader(window)
{
    private readonly JsonObjectParser _parser = new();
    private bool _inArray;
    private bool _ended;

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

            Take(record, length);
            _parser.Parse(record.Raw, record);
            return true;
        }
    }

    /// <summary>White space, commas and the array's own brackets.</summary>
    private void PassBetween()
    {
        while (true)
        {
            var bytes = Window.Span;
            var at = 0;
            while (at < bytes.Length && (bytes[at] <= ' ' || bytes[at] == ',' || IsBracket(bytes[at])))
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

    private bool IsBracket(byte b)
    {
        if (b == '[' && !_inArray)
        {
            return _inArray = true;
        }

        if (b == ']' && _inArray && !_ended)
        {
            return _ended = true;
        }

        return false;
    }

    /// <summary>Of the value at the beginning: to its closing bracket, or for something that is no object to the next comma.</summary>
    /// <returns>-1: it does not end here.</returns>
    private static int Length(ReadOnlySpan<byte> bytes)
    {
        if (bytes[0] != '{')
        {
            var end = bytes.IndexOfAny((byte)',', (byte)'\n', (byte)']');
            return end < 0 ? -1 : Math.Max(1, end);
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
