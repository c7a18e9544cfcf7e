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
    private Schema? _columns;
    private Schema? _fits;

    public override void Begin(Schema schema, ArrayBufferWriter<byte> output)
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

    public override void Write(Record record, bool isFirst, ArrayBufferWriter<byte> output)
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

    private void Field(ReadOnlySpan<byte> text, bool isFirst, ArrayBufferWriter<byte> output)
    {
        var room = output.GetSpan((2 * text.Length) + 3);
        var at = 0;
        if (!isFirst)
        {
            room[at++] = delimiter;
        }

        if (text.IndexOfAny(_special) < 0)
        {
            text.CopyTo(room[at..]);
            output.Advance(at + text.Length);
            return;
        }

        room[at++] = (byte)'"';
        foreach (var b in text)
        {
            room[at++] = b;
            if (b == '"')
            {
                room[at++] = b;
            }
        }

        room[at++] = (byte)'"';
        output.Advance(at);
    }
}
