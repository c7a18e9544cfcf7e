using System.Buffers;
using System.Text.Json;

namespace Glue.Dispatcher.EventSources;

/// <summary>
/// The event of a batch, as Lambda makes it of a self-managed Kafka cluster (Lambda Developer Guide, "Using Lambda with self-managed Apache
/// Kafka", read 2026-11): key and value in base64, header values as lists of signed bytes.
/// </summary>
internal static class BatchEvent
{
    /// <summary>Lambda's limit of a synchronous event.</summary>
    public const int MaxBytes = 6 * 1024 * 1024;

    private static readonly JsonWriterOptions Plain = new() { SkipValidation = true };

    /// <param name="bootstrapServers">With commas.</param>
    /// <param name="records">Of one partition.</param>
    /// <param name="count">How many of them it holds: as many as fit, from the first; 0: the first alone is too large.</param>
    /// <returns>UTF-8 JSON.</returns>
    public static ReadOnlyMemory<byte> Write(string bootstrapServers, IReadOnlyList<SourceRecord> records, out int count)
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        using var writer = new Utf8JsonWriter(buffer, Plain);
        writer.WriteStartObject();
        writer.WriteString("eventSource", "SelfManagedKafka");
        writer.WriteString("bootstrapServers", bootstrapServers);
        writer.WriteStartObject("records");
        writer.WriteStartArray($"{records[0].Topic}-{records[0].Partition}");
        writer.Flush();
        for (count = 0; count < records.Count; count++)
        {
            if (SizeOf(records[count]) + buffer.WrittenCount > MaxBytes)
            {
                break;
            }

            // The record is written aside, so that one that does not fit leaves no trace.
            var one = new ArrayBufferWriter<byte>();
            using (var aside = new Utf8JsonWriter(one, Plain))
            {
                Write(aside, records[count]);
            }

            if (buffer.WrittenCount + one.WrittenCount + "]}},".Length > MaxBytes)
            {
                break;
            }

            writer.WriteRawValue(one.WrittenSpan, skipInputValidation: true);
            writer.Flush();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>At least so much: base64 alone.</summary>
    private static long SizeOf(SourceRecord record) => ((record.Key?.Length ?? 0) + (long)(record.Value?.Length ?? 0)) * 4 / 3;

    private static void Write(Utf8JsonWriter writer, SourceRecord record)
    {
        writer.WriteStartObject();
        writer.WriteString("topic", record.Topic);
        writer.WriteNumber("partition", record.Partition);
        writer.WriteNumber("offset", record.Offset);
        writer.WriteNumber("timestamp", record.Timestamp);
        writer.WriteString("timestampType", record.TimestampType);
        if (record.Key is not null)
        {
            writer.WriteBase64String("key", record.Key);
        }

        if (record.Value is not null)
        {
            writer.WriteBase64String("value", record.Value);
        }

        writer.WriteStartArray("headers");
        foreach (var (name, value) in record.Headers)
        {
            writer.WriteStartObject();
            writer.WriteStartArray(name);
            foreach (var item in value ?? [])
            {
                writer.WriteNumberValue((sbyte)item);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
