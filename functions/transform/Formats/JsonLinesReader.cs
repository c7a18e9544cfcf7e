using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Formats;

/// <summary>JSON lines: one object a line. Empty lines are passed over.</summary>
internal sealed class JsonLinesReader(ByteWindow window) : RecordReader(window)
{
    private readonly JsonObjectParser _parser = new();

    public override bool Read(Record record)
    {
        while (true)
        {
            var bytes = Window.Span;
            var end = bytes.IndexOf((byte)'\n');
            if (end < 0 && !Window.IsLast)
            {
                Window.Fill();
                continue;
            }

            if (bytes.IsEmpty)
            {
                return false;
            }

            var length = end < 0 ? bytes.Length : end;
            Take(record, end < 0 ? length : length + 1);
            record.Raw = Value.Trim(record.Raw);
            if (!record.Raw.IsEmpty)
            {
                _parser.Parse(record.Raw, record);
                return true;
            }
        }
    }
}
