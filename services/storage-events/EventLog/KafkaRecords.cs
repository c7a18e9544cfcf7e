using System.Text;
using Confluent.Kafka;

namespace Glue.StorageEvents.EventLog;

/// <summary>Kafka's messages as records of the log.</summary>
internal static class KafkaRecords
{
    private static readonly long Earliest = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();

    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <param name="result">A message, no end of a partition.</param>
    /// <param name="time">For messages that have no time, or one no calendar has: producers may write any number there.</param>
    public static EventLogRecord Of(ConsumeResult<byte[]?, byte[]?> result, TimeProvider time)
    {
        var message = result.Message;
        var written = message.Timestamp.UnixTimestampMs;
        var taken = message.Timestamp.Type == TimestampType.NotAvailable || written < Earliest || written > Latest
            ? time.GetUtcNow()
            : DateTimeOffset.FromUnixTimeMilliseconds(written);
        return new EventLogRecord(result.Offset, taken, message.Key is { } key ? Encoding.UTF8.GetString(key) : "", message.Value ?? [], result.Partition);
    }
}
