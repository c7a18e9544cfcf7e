using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Formats;

/// <summary>JSON lines, or one JSON array with an object a line.</summary>
internal sealed class JsonWriter(bool isArray) : RecordWriter
{
    public override void Begin(Schema schema, RecordBuffer output)
    {
        if (isArray)
        {
            output.Write("[\n"u8);
        }
    }

    public override void Write(Record record, bool isFirst, RecordBuffer output)
    {
        if (isArray && !isFirst)
        {
            output.Write(",\n"u8);
        }

        var names = record.Schema.JsonNames;
        var values = record.Values;
        output.Write(values.IsEmpty ? "{"u8 : default);
        for (var i = 0; i < values.Length; i++)
        {
            output.Write(names[i]);
            Write(values[i], output);
        }

        output.Write(isArray ? "}"u8 : "}\n"u8);
    }

    public override void End(bool isEmpty, RecordBuffer output)
    {
        if (isArray)
        {
            output.Write(isEmpty ? "]\n"u8 : "\n]\n"u8);
        }
    }

    private static void Write(in Value value, RecordBuffer output)
    {
        switch (value.Kind)
        {
            case ValueKind.Null:
                output.Write("null"u8);
                break;
            case ValueKind.Text:
                JsonText.Write(value.Utf8.Span, output);
                break;
            case ValueKind.Integer when !value.Utf8.IsEmpty && !IsJsonNumber(value.Utf8.Span):
                output.Write(Value.Of(value.Integer).ToUtf8().Span);
                break;
            case ValueKind.Number when !value.Utf8.IsEmpty && !IsJsonNumber(value.Utf8.Span):
                output.Write(Value.Of(value.Number).ToUtf8().Span);
                break;
            default:
                output.Write(value.ToUtf8().Span);
                break;
        }
    }

    /// <summary>JSON has neither +1 nor 01 nor .5 nor 5., which a CSV may have.</summary>
    private static bool IsJsonNumber(ReadOnlySpan<byte> digits)
    {
        digits = digits is [(byte)'-', ..] ? digits[1..] : digits;
        if (digits.IsEmpty || digits[0] is < (byte)'0' or > (byte)'9' || (digits[0] == '0' && digits.Length > 1 && digits[1] is >= (byte)'0' and <= (byte)'9'))
        {
            return false;
        }

        var point = digits.IndexOf((byte)'.');
        return point < 0 || (point + 1 < digits.Length && digits[point + 1] is >= (byte)'0' and <= (byte)'9');
    }
}
