namespace Glue.FunctionLogs.Store;

/// <summary>A log stream, as DescribeLogStreams shows it. Times are milliseconds since 1970; null: nothing was stored yet.</summary>
internal sealed record LogStream(long Id, string Name, long CreatedMs, long? FirstEventMs, long? LastEventMs, long? LastIngestionMs);
