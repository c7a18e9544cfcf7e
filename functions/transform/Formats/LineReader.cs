using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Formats;

/// <summary>Text: every line is a record with the one column <c>line</c>, without its end (CRLF, LF or CR).</summary>
internal sealed class LineReader(ByteWindow window) : RecordReader(window)
{
    private static readonly Schema Line = new(["line"]);

    public override Schema Columns => Line;

    public override bool Read(Record record)
    {
        while (true)
        {
            var bytes = Window.Span;
            var end = bytes.IndexOfAny((byte)'\n', (byte)'\r');
            if ((end < 0 || end == bytes.Length - 1) && !Window.IsLast) // a CR at the end may be half of a CRLF
            {
                Window.Fill();
                continue;
            }

            if (end < 0 && bytes.IsEmpty)
            {
                return false;
            }

            var length = end < 0 ? bytes.Length : end;
            var ending = end < 0 ? 0 : bytes[end] == '\r' && end + 1 < bytes.Length && bytes[end + 1] == '\n' ? 2 : 1;
            Take(record, length + ending);
            record.Raw = record.Raw[..length];
            record.Shape(Line)[0] = Value.OfText(record.Raw);
            return true;
        }
    }
}
