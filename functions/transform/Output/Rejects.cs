using System.Buffers;
using System.Text;
using System.Text.Json;
using Glue.Functions.Transform.Formats;
using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Output;

/// <summary>Records that could not be transformed, with their lines and reasons: JSON lines in memory, up to a limit.</summary>
/// <param name="most">Records.</param>
internal sealed class Rejects(long most)
{
    private const int MostBytes = 16 * 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _lines = new();

    public long Count { get; private set; }

    public ReadOnlySpan<byte> Lines => _lines.WrittenSpan;

    /// <exception cref="TooManyRejectsException">There were as many as may be.</exception>
    public void Add(Record record, string reason)
    {
        if (++Count > most)
        {
            throw new TooManyRejectsException($"more than {most} records cannot be transformed; this one is in line {record.Line}: {reason}");
        }

        if (_lines.WrittenCount + record.Raw.Length > MostBytes)
        {
            throw new TooManyRejectsException($"the rejected records have more than {MostBytes} bytes; this one is in line {record.Line}: {reason}");
        }

        using (var json = new Utf8JsonWriter(_lines, JsonText.Options))
        {
            json.WriteStartObject();
            json.WriteNumber("line"u8, record.Line);
            json.WriteString("reason"u8, reason);
            json.WriteString("record"u8, Encoding.UTF8.GetString(record.Raw.Span).Replace(Utf8Input.Misfit, '\uFFFD')); // as what is no UTF-8
            json.WriteEndObject();
        }

        _lines.Write("\n"u8);
    }
}
