namespace Glue.FunctionLogs.Filtering;

/// <summary>
/// CloudWatch Logs' filter patterns: terms (<see cref="TermPattern"/>) and JSON conditions (<see cref="JsonPattern"/>). Regular expressions
/// and space-delimited patterns are refused.
/// </summary>
/// <remarks>CloudWatch Logs User Guide, "Filter pattern syntax for metric filters, subscription filters, filter log events, and Live Tail" (read 2026-11).</remarks>
internal abstract class FilterPattern
{
    public static FilterPattern Everything { get; } = new TermPattern([], [], []);

    /// <param name="text">As FilterLogEvents takes it; null or blank: everything.</param>
    /// <exception cref="FilterPatternException">It cannot be read.</exception>
    public static FilterPattern Parse(string? text)
    {
        var trimmed = (text ?? "").Trim();
        return trimmed switch
        {
            "" => Everything,
            ['{', ..] => JsonPatternParser.Parse(trimmed),
            ['[', ..] => throw new FilterPatternException("Space-delimited filter patterns ([a, b, ...]) are not supported here; use terms or a JSON pattern ({ $.field = \"value\" })."),
            _ => TermPattern.ParseTerms(trimmed),
        };
    }

    /// <param name="line">UTF-8.</param>
    public abstract bool Matches(ReadOnlySpan<byte> line);
}
