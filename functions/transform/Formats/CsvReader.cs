using System.Text;
using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Formats;

/// <summary>
/// CSV as in RFC 4180 and as it is found: quoted fields with doubled quotes and line ends inside, CRLF, LF or CR, any one delimiter. Empty lines
/// are passed over.
/// </summary>
/// <param name="window">The input.</param>
/// <param name="delimiter">Between fields.</param>
/// <param name="hasHeader">The first record names the columns; else they are <c>c1</c>, <c>c2</c>, ….</param>
internal sealed class CsvReader(ByteWindow window, byte delimiter, bool hasHeader) : RecordReader(window)
{
    private const byte Quote = (byte)'"';

    private readonly List<Field> _fields = [];
    private Schema? _columns;
    private byte _lineEnd; // 0: not known yet

    public override Schema? Columns => _columns;

    public override bool Read(Record record)
    {
        if (_columns is null && hasHeader)
        {
            try
            {
                if (!Next(record))
                {
                    return false;
                }

                _columns = new Schema([.. _fields.Select(field => Encoding.UTF8.GetString(Content(record.Raw, field).Span))]);
            }
            catch (RecordException e)
            {
                throw new BrokenInputException($"the CSV's header is wrong: {e.Message}", e);
            }
        }

        if (!Next(record))
        {
            return false;
        }

        _columns ??= new Schema([.. Enumerable.Range(1, _fields.Count).Select(static i => $"c{i}")]);
        if (_fields.Count != _columns.Count)
        {
            throw new RecordException($"it has {_fields.Count} fields, the {(hasHeader ? "header" : "first record")} has {_columns.Count}");
        }

        var values = record.Shape(_columns);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Value.OfText(Content(record.Raw, _fields[i]));
        }

        return true;
    }

    private bool Next(Record record)
    {
        if (_lineEnd == 0)
        {
            Window.Fill();
            Window.LineEnd = _lineEnd = FirstLineEnd(Window.Span);
        }

        while (true)
        {
            var bytes = Window.Span;
            if (bytes.IsEmpty && Window.IsLast)
            {
                return false;
            }

            var length = Scan(bytes, out var fault);
            if (length < 0)
            {
                if (!Window.IsLast)
                {
                    Window.Fill();
                    continue;
                }

                length = bytes.Length; // the last record needs no line end
            }

            var isEmpty = _fields is [{ Length: 0, IsQuoted: false }] && fault is null;
            Take(record, length);
            if (isEmpty)
            {
                continue;
            }

            record.Raw = record.Raw[..(length - LineEnd(record.Raw.Span))];
            return fault is null ? true : throw new RecordException(fault);
        }
    }

    /// <summary>CR where the first line ends with one alone, as in files of the old Mac OS.</summary>
    private static byte FirstLineEnd(ReadOnlySpan<byte> bytes)
    {
        var isQuoted = false;
        for (var at = 0; bytes[at..].IndexOfAny((byte)'\r', (byte)'\n', Quote) is >= 0 and var step; at++)
        {
            at += step;
            if (bytes[at] == Quote)
            {
                isQuoted = !isQuoted;
            }
            else if (!isQuoted)
            {
                return bytes[at] == '\r' && at + 1 < bytes.Length && bytes[at + 1] != '\n' ? (byte)'\r' : (byte)'\n';
            }
        }

        return (byte)'\n';
    }

    /// <summary>Finds the fields of the first record.</summary>
    /// <returns>Its length with its line end; -1 when it has none.</returns>
    private int Scan(ReadOnlySpan<byte> bytes, out string? fault)
    {
        _fields.Clear();
        fault = null;
        for (var at = 0; ;)
        {
            if (at < bytes.Length && bytes[at] == Quote)
            {
                var end = EndOfQuoted(bytes, at + 1, out var hasQuotes);
                if (end < 0)
                {
                    fault = "a quoted field is not closed";
                    return -1;
                }

                _fields.Add(new Field(at + 1, end - at - 1, true, hasQuotes));
                at = end + 1;
                var rest = bytes[at..].IndexOfAny(delimiter, _lineEnd);
                var between = rest < 0 ? bytes[at..] : bytes.Slice(at, rest);
                if (!between.TrimEnd((byte)'\r').IsEmpty)
                {
                    fault = $"field {_fields.Count} goes on behind its closing quote";
                }

                if (rest < 0)
                {
                    return -1;
                }

                at += rest;
            }
            else
            {
                var length = bytes[at..].IndexOfAny(delimiter, _lineEnd);
                var isLast = length < 0 || bytes[at + length] == _lineEnd;
                var field = length < 0 ? bytes[at..] : bytes.Slice(at, length);
                _fields.Add(new Field(at, isLast && field.EndsWith("\r"u8) ? field.Length - 1 : field.Length, false, false));
                if (length < 0)
                {
                    return -1;
                }

                at += length;
            }

            if (bytes[at++] == _lineEnd)
            {
                return at;
            }
        }
    }

    private static int EndOfQuoted(ReadOnlySpan<byte> bytes, int at, out bool hasQuotes)
    {
        hasQuotes = false;
        while (bytes[at..].IndexOf(Quote) is >= 0 and var length)
        {
            at += length;
            if (at + 1 >= bytes.Length || bytes[at + 1] != Quote)
            {
                return at;
            }

            hasQuotes = true;
            at += 2;
        }

        return -1;
    }

    private static ReadOnlyMemory<byte> Content(ReadOnlyMemory<byte> raw, Field field)
    {
        var content = raw.Slice(field.Start, field.Length);
        if (!field.HasQuotes)
        {
            return content;
        }

        var single = new byte[field.Length];
        var length = 0;
        var span = content.Span;
        for (var i = 0; i < span.Length; i++)
        {
            single[length++] = span[i];
            if (span[i] == Quote)
            {
                i++; // its double
            }
        }

        return single.AsMemory(0, length);
    }

    private static int LineEnd(ReadOnlySpan<byte> line) => line.EndsWith("\r\n"u8) ? 2 : line.EndsWith("\n"u8) || line.EndsWith("\r"u8) ? 1 : 0;

    private readonly record struct Field(int Start, int Length, bool IsQuoted, bool HasQuotes);
}
