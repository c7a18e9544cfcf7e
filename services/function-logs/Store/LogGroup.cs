namespace Glue.FunctionLogs.Store;

/// <summary>A log group, as DescribeLogGroups shows it. Null retention: no policy of its own.</summary>
internal sealed record LogGroup(long Id, string Name, long CreatedMs, int? RetentionDays, long StoredBytes);
