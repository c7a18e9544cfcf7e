namespace Glue.StorageEvents.EventLog;

/// <summary>What is read from the log.</summary>
/// <param name="Offset">Its place; grows within a partition, is never used twice, may have gaps.</param>
/// <param name="Time">When the log took it; when it was read, where the log does not say (Kafka before 0.10).</param>
/// <param name="Key"><c>bucket/key</c>; anything at all when another program wrote it.</param>
/// <param name="Value">UTF-8 S3 event JSON, one or more Records; anything at all when another program wrote it.</param>
/// <param name="Partition">Which of the log's ordered parts; 0 where there is only one.</param>
public readonly record struct EventLogRecord(long Offset, DateTimeOffset Time, string Key, ReadOnlyMemory<byte> Value, int Partition = 0);
