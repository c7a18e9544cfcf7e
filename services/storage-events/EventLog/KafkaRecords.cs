using System.Text;
using Confluent.Kafka;

namespace Glue.StorageEvents.EventLog;

/// <summary>Kafka's messages as records of the log.</summary>
internal static class KafkaRecords
{
    /// <param name="result">A message, no end of a partition.</param>
    /// <param name="time">For brokers whose messages have no time.</param>
    public static EventLogRecord Of(ConsumeResult<byte[]?, byte[]?> result, TimeProvider time)
    {
        var message = result.Message;
        var taken = message.Timestamp.Type == TimestampType.NotAvailable
            ? time.GetUtcNow()
            : DateTimeOffset.FromUnixTimeMilliseconds(message.Timestamp.UnixTimestampMs);
        return new EventLogRecord(result.Offset, taken, message.Key is { } key ? Encoding.UTF8.GetString(key) : "", message.Value ?? [], result.Partition);
    }
}
