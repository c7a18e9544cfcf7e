namespace Glue.Host.FunctionalTests.Fuzzing;

/// <summary>What of a host's log is worth showing beside a failure, of which only the first lines may be seen.</summary>
internal static class HostLog
{
    private const int MostLines = 20;

    /// <summary>The newest first, and faults before all others; no lines of its ordinary life, and none that another says already.</summary>
    public static IEnumerable<string> Last(string log) => log.Split('\n').Reverse()
        .Where(static line => !line.Contains(" info: ", StringComparison.Ordinal) && !line.Contains("dead-lettered", StringComparison.Ordinal))
        .DistinctBy(static line => string.Concat(line.Where(static c => !char.IsAsciiHexDigit(c)))) // but for its times, numbers and ids
        .OrderBy(static line => line.Contains(" fail: ", StringComparison.Ordinal) || line.Contains(" crit: ", StringComparison.Ordinal) ? 0 : 1)
        .Take(MostLines).Select(SentCall.Cut);
}
