using System.Buffers;
using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Formats;

/// <summary>Text: the column <c>line</c> of every record, and the line end.</summary>
internal sealed class LineWriter(byte[] lineEnd) : RecordWriter
{
    public override void Write(Record record, bool isFirst, ArrayBufferWriter<byte> output)
    {
        output.Write(record["line"].ToUtf8().Span);
        output.Write(lineEnd);
    }
}
