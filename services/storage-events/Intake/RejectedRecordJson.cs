using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Glue.StorageEvents.Intake;

/// <summary>
/// A rejected record as a message: <c>{"reason":…,"topic":…,"partition":…,"offset":…,"time":…,"key":…,"value":…}</c>; in place of
/// <c>value</c> there is <c>valueBase64</c> when the message is not UTF-8. All of it is in the value: old brokers have no headers.
/// JSON's escapes and base64 make a message larger, and a broker refuses what is larger than its limit (about 1 MB unless it is
/// configured) however often it is sent; so reason, key and value are cut, with <c>"truncated":true</c>, and the whole stays below
/// <see cref="Limit"/> bytes. Topic, partition and offset say where the whole message is.
/// </summary>
internal static class RejectedRecordJson
{
    /// <summary>Bytes. librdkafka's default <c>message.max.bytes</c>, and less than a broker's.</summary>
    public const int Limit = 1_000_000;

    // Bytes of JSON; with the record's place they leave room below the limit for the message's own key and headers.
    private const int ReasonLimit = 60_000;
    private const int KeyLimit = 60_000;
    private const int ValueLimit = 800_000;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(RejectedRecord record, string topic)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            var (reason, key) = (Fitting(Encoding.UTF8.GetBytes(record.Reason), ReasonLimit), Fitting(Encoding.UTF8.GetBytes(record.Key), KeyLimit));
            json.WriteString("reason"u8, reason.Part.Span);
            json.WriteString("topic"u8, topic);
            json.WriteNumber("partition"u8, record.Partition);
            json.WriteNumber("offset"u8, record.Offset);
            json.WriteString("time"u8, record.Time.UtcDateTime);
            json.WriteString("key"u8, key.Part.Span);
            if (reason.IsCut | key.IsCut | WriteValue(json, record.Value))
            {
                json.WriteBoolean("truncated"u8, true);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <returns>Whether it is cut.</returns>
    private static bool WriteValue(Utf8JsonWriter json, ReadOnlyMemory<byte> value)
    {
        if (Utf8.IsValid(value.Span))
        {
            var (part, isCut) = Fitting(value, ValueLimit);
            json.WriteString("value"u8, part.Span);
            return isCut;
        }

        var length = Math.Min(value.Length, ValueLimit / 4 * 3);
        json.WriteBase64String("valueBase64"u8, value.Span[..length]);
        return length < value.Length;
    }

    /// <summary>As much of the text, in whole characters, as takes no more than so many bytes when it is escaped.</summary>
    private static (ReadOnlyMemory<byte> Part, bool IsCut) Fitting(ReadOnlyMemory<byte> text, int limit)
    {
        const int LongestEscape = 6; // bytes of JSON for one byte of text: a control character
        if (text.Length <= limit / LongestEscape)
        {
            return (text, false);
        }

        var escaped = ArrayPool<byte>.Shared.Rent(limit);
        Options.Encoder!.EncodeUtf8(text.Span, escaped.AsSpan(0, limit), out var consumed, out _);
        ArrayPool<byte>.Shared.Return(escaped);
        return (text[..consumed], consumed < text.Length);
    }
}
