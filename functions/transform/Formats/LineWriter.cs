using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Formats;

/// <summary>Text: the column <c>line</c> of every record, and the line end.</summary>
internal sealed class LineWriter(byte[] lineEnd) : RecordWriter
{
    public override void Write(Record record, bool isFirst, RecordBuffer output)
    {
        if (record.Schema.IndexOf("line") < 0)
        {
            throw new RecordException("it has no column 'line', which is what a text is made of; derive or rename one");
        }

        output.Write(record["line"].ToUtf8().Span);
        output.Write(lineEnd);
    }
}
