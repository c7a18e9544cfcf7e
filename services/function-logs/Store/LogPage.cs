namespace Glue.FunctionLogs.Store;

/// <summary>What a scan found.</summary>
/// <param name="Lines">In the order of reading.</param>
/// <param name="Next">The last line looked at, when there may be more behind it; null: there is nothing more.</param>
internal sealed record LogPage(IReadOnlyList<LogLine> Lines, LogPosition? Next);
