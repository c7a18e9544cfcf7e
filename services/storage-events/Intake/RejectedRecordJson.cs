using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Glue.StorageEvents.Intake;

/// <summary>
/// A rejected record as a message: <c>{"reason":…,"topic":…,"partition":…,"offset":…,"time":…,"key":…,"value":…}</c>; in place of
/// <c>value</c> there is <c>valueBase64</c> when the message is not UTF-8. All of it is in the value: old brokers have no headers.
/// </summary>
internal static class RejectedRecordJson
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(RejectedRecord record, string topic)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("reason"u8, record.Reason);
            json.WriteString("topic"u8, topic);
            json.WriteNumber("partition"u8, record.Partition);
            json.WriteNumber("offset"u8, record.Offset);
            json.WriteString("time"u8, record.Time.UtcDateTime);
            json.WriteString("key"u8, record.Key);
            try
            {
                json.WriteString("value"u8, Strict.GetString(record.Value.Span));
            }
            catch (DecoderFallbackException)
            {
                json.WriteBase64String("valueBase64"u8, record.Value.Span);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
