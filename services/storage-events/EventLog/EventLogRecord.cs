namespace Glue.StorageEvents.EventLog;

/// <summary>What is read from the log.</summary>
/// <param name="Offset">Its place; grows, is never used twice, may have gaps.</param>
/// <param name="Time">When the log took it.</param>
/// <param name="Key"><c>bucket/key</c>.</param>
/// <param name="Value">UTF-8 S3 event JSON, one or more Records; anything at all when another program wrote it.</param>
public readonly record struct EventLogRecord(long Offset, DateTimeOffset Time, string Key, ReadOnlyMemory<byte> Value);
