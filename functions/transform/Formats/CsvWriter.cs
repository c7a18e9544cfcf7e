using System.Buffers;
using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Formats;

/// <summary>CSV with the columns of the first record; null is empty, fields are quoted where they must be.</summary>
/// <param name="delimiter">Between fields.</param>
/// <param name="hasHeader">Names of the columns first.</param>
/// <param name="lineEnd">LF or CRLF.</param>
internal sealed class CsvWriter(byte delimiter, bool hasHeader, byte[] lineEnd) : RecordWriter
{
    private readonly SearchValues<byte> _special = SearchValues.Create([delimiter, (byte)'"', (byte)'\r', (byte)'\n']);
    private readonly byte[] _delimiter = [delimiter];
    private Schema? _columns;
    private Schema? _fits;

    public override void Begin(Schema schema, RecordBuffer output)
    {
        _columns ??= schema;
        if (hasHeader)
        {
            for (var i = 0; i < _columns.Count; i++)
            {
                Field(_columns.Utf8Names[i], i == 0, output);
            }

            output.Write(lineEnd);
        }
    }

    public override void Write(Record record, bool isFirst, RecordBuffer output)
    {
        var columns = _columns!;
        if (record.Schema == columns)
        {
            var values = record.Values;
            for (var i = 0; i < values.Length; i++)
            {
                Field(values[i].ToUtf8().Span, i == 0, output);
            }
        }
        else
        {
            CheckFits(record.Schema, columns);
            for (var i = 0; i < columns.Count; i++)
            {
                Field(record[columns.Names[i]].ToUtf8().Span, i == 0, output);
            }
        }

        output.Write(lineEnd);
    }

    private void CheckFits(Schema schema, Schema columns)
    {
        if (schema != _fits)
        {
            var strange = Array.Find(schema.Names, name => columns.IndexOf(name) < 0);
            _fits = strange is null ? schema : throw new RecordException($"its column '{strange}' is not in the CSV's header; select the columns that are wanted");
        }
    }

    private void Field(ReadOnlySpan<byte> text, bool isFirst, RecordBuffer output)
    {
        if (text.IsEmpty && _columns!.Count == 1)
        {
            output.Write("\"\""u8); // an empty line would be none for those who read it
            return;
        }

        var isPlain = text.IndexOfAny(_special) < 0;
        if (isPlain && text.Length < RecordBuffer.MostSpanBytes)
        {
            var room = output.GetSpan(text.Length + 1);
            room[0] = delimiter;
            text.CopyTo(room[(isFirst ? 0 : 1)..]);
            output.Advance(text.Length + (isFirst ? 0 : 1));
            return;
        }

        output.Write(isFirst ? default : _delimiter);
        if (isPlain)
        {
            output.Write(text);
            return;
        }

        output.Write("\""u8);
        while (text.IndexOf((byte)'"') is >= 0 and var quote)
        {
            output.Write(text[..(quote + 1)]);
            output.Write("\""u8);
            text = text[(quote + 1)..];
        }

        output.Write(text);
        output.Write("\""u8);
    }
}
