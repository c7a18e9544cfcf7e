namespace Glue.Dispatcher.EventSources;

/// <summary>A Kafka message, as the function is shown it.</summary>
/// <param name="Topic">Its topic.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its place there.</param>
/// <param name="Timestamp">Milliseconds since 1970; -1: it has none (brokers before 0.10).</param>
/// <param name="TimestampType">Kafka's names: <c>CREATE_TIME</c>, <c>LOG_APPEND_TIME</c>, <c>NO_TIMESTAMP_TYPE</c>.</param>
/// <param name="Key">Null: it has none.</param>
/// <param name="Value">Null: a tombstone.</param>
/// <param name="Headers">In their order; a name may come twice.</param>
internal sealed record SourceRecord(
    string Topic,
    int Partition,
    long Offset,
    long Timestamp,
    string TimestampType,
    byte[]? Key,
    byte[]? Value,
    IReadOnlyList<(string Name, byte[]? Value)> Headers)
{
    /// <summary>What it takes in memory, about.</summary>
    public int Bytes => 200 + (Key?.Length ?? 0) + (Value?.Length ?? 0) + Headers.Sum(static header => header.Name.Length + (header.Value?.Length ?? 0));
}
