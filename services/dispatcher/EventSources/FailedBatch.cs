using System.Buffers;
using System.Text.Json;
using Glue.Contracts.Invocations;

namespace Glue.Dispatcher.EventSources;

/// <summary>Records that are given up, and why.</summary>
/// <param name="Mapping">Whose.</param>
/// <param name="Records">Of one partition.</param>
/// <param name="Condition">As Lambda calls it.</param>
/// <param name="Attempts">How often the function has failed on them.</param>
/// <param name="Last">The last time; null: it was not called for this.</param>
internal sealed record FailedBatch(EventSourceMapping Mapping, IReadOnlyList<SourceRecord> Records, string Condition, int Attempts, BatchOutcome? Last)
{
    public const string RetriesExhausted = "RetryAttemptsExhausted";
    public const string TooLarge = "MaximumPayloadSizeExceeded";
    public const string TooOld = "RecordAgeExceeded";

    /// <summary>The same for the repeat of a batch.</summary>
    public string Id => $"{Mapping.Uuid}:{Records[0].Topic}-{Records[0].Partition}:{Records[0].Offset}-{Records[^1].Offset}";

    /// <summary>Lambda's record of a batch that it gave up (Lambda Developer Guide, "Capturing discarded batches", read 2026-11).</summary>
    /// <param name="region">In ARNs.</param>
    /// <param name="now">Its time.</param>
    /// <param name="withPayload">True: with the event, as buckets and topics get it; others fetch the records by their offsets.</param>
    /// <param name="omitted">Why there is no payload where there should be one; null: nothing is amiss.</param>
    public ReadOnlyMemory<byte> Json(string region, DateTimeOffset now, bool withPayload, string? omitted = null)
    {
        var servers = string.Join(',', Mapping.BootstrapServers);
        var payload = BatchEvent.Write(servers, Records, out _);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("requestContext");
            writer.WriteString("requestId", Last?.RequestId ?? Guid.CreateVersion7(now).ToString());
            writer.WriteString("functionArn", Mapping.FunctionArn(region));
            writer.WriteString("condition", Condition);
            writer.WriteNumber("approximateInvokeCount", Attempts);
            writer.WriteEndObject();
            WriteResponse(writer);
            writer.WriteString("version", "1.0");
            writer.WriteString("timestamp", Text(now));
            writer.WriteStartObject("KafkaBatchInfo");
            writer.WriteNumber("batchSize", Records.Count);
            writer.WriteString("bootstrapServers", servers);
            writer.WriteNumber("payloadSize", payload.Length);
            writer.WriteStartObject("recordsInfo");
            writer.WriteStartObject($"{Records[0].Topic}-{Records[0].Partition}");
            writer.WriteString("firstRecordOffset", $"{Records[0].Offset}");
            writer.WriteString("lastRecordOffset", $"{Records[^1].Offset}");
            writer.WriteString("firstRecordTimestamp", Text(Records[0].Timestamp));
            writer.WriteString("lastRecordTimestamp", Text(Records[^1].Timestamp));
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
            if (withPayload)
            {
                writer.WritePropertyName("payload");
                writer.WriteRawValue(payload.Span, skipInputValidation: true);
            }
            else if (omitted is not null)
            {
                writer.WriteString("payloadOmitted", omitted);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private void WriteResponse(Utf8JsonWriter writer)
    {
        if (Last is null)
        {
            writer.WriteNull("responseContext");
            return;
        }

        writer.WriteStartObject("responseContext");
        writer.WriteNumber("statusCode", 200);
        writer.WriteString("executedVersion", Last.ExecutedVersion);
        if (Last.Outcome.Status == InvokeStatus.FunctionError)
        {
            writer.WriteString("functionError", "Unhandled");
        }

        writer.WriteEndObject();
    }

    private static string? Text(long milliseconds) =>
        milliseconds >= 0 && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? Text(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)) : null;

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");
}
