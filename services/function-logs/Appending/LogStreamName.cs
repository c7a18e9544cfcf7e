namespace Glue.FunctionLogs.Appending;

/// <summary>Names a log stream: account (12 digits), group, stream.</summary>
internal sealed record LogStreamName(string AccountId, string Group, string Stream);
