namespace Glue.StorageEvents.EventLog;

/// <summary>What is appended to the log.</summary>
/// <param name="Key"><c>bucket/key</c>: records of one key stay in order.</param>
/// <param name="Value">UTF-8 S3 event JSON, one or more Records.</param>
public readonly record struct EventLogMessage(string Key, ReadOnlyMemory<byte> Value);
