using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Glue.Dispatcher.EventSources.Filtering;

/// <summary>
/// FilterCriteria: a record is wanted when one of the patterns matches it. Patterns look at <c>topic</c>, <c>partition</c>, <c>offset</c>,
/// <c>timestamp</c>, <c>timestampType</c>, <c>headers</c> (objects of name and text), and at <c>key</c> and <c>value</c> in plain: as JSON where the
/// pattern has an object there, else as text. A value that is not what the pattern expects does not match (Lambda Developer Guide, "Using event
/// filtering with self-managed Kafka", read 2026-11).
/// </summary>
internal sealed class RecordFilter
{
    private static readonly JsonDocumentOptions AnyDepth = new() { MaxDepth = 1000 };

    private readonly IReadOnlyList<EventPattern> _patterns;

    private RecordFilter(IReadOnlyList<EventPattern> patterns) => _patterns = patterns;

    /// <exception cref="FormatException">One of them is no pattern.</exception>
    public static RecordFilter Parse(IReadOnlyList<string> patterns) => new([.. patterns.Select(EventPattern.Parse)]);

    public bool Wants(SourceRecord record) => _patterns.Count == 0 || _patterns.Any(pattern => Matches(pattern, record));

    private static bool Matches(EventPattern pattern, SourceRecord record)
    {
        var buffer = new ArrayBufferWriter<byte>(256 + (record.Value?.Length ?? 0));
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("topic", record.Topic);
            writer.WriteNumber("partition", record.Partition);
            writer.WriteNumber("offset", record.Offset);
            writer.WriteNumber("timestamp", record.Timestamp);
            writer.WriteString("timestampType", record.TimestampType);
            Write(writer, "key", record.Key, pattern.LooksInto("key"));
            Write(writer, "value", record.Value, pattern.LooksInto("value"));
            writer.WriteStartArray("headers");
            foreach (var (name, value) in record.Headers)
            {
                writer.WriteStartObject();
                writer.WriteString(name, Encoding.UTF8.GetString(value ?? []));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        try
        {
            using var document = JsonDocument.Parse(buffer.WrittenMemory, AnyDepth);
            return pattern.Matches(document.RootElement);
        }
        catch (InvalidOperationException)
        {
            return false; // half a surrogate pair, or no UTF-8: no text, so nothing that a pattern could want
        }
    }

    private static void Write(Utf8JsonWriter writer, string name, byte[]? content, bool asJson)
    {
        if (content is null)
        {
            return;
        }

        if (!asJson)
        {
            writer.WriteString(name, Encoding.UTF8.GetString(content));
        }
        else if (IsJson(content))
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(content, skipInputValidation: true);
        }
        else
        {
            writer.WriteNull(name); // no object: what looks into it does not match
        }
    }

    private static bool IsJson(byte[] content)
    {
        try
        {
            using var document = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = AnyDepth.MaxDepth - 2 });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
