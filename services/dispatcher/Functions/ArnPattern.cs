namespace Glue.Dispatcher.Functions;

/// <summary>
/// The condition operator ArnLike: six colon-separated parts, each compared by itself, with <c>*</c> and <c>?</c> (IAM User
/// Guide, "Amazon Resource Name (ARN) condition operators", read 2026-11).
/// </summary>
internal static class ArnPattern
{
    public static bool Matches(string pattern, string arn)
    {
        var wanted = pattern.Split(':', 6);
        var given = arn.Split(':', 6);
        if (wanted.Length != 6 || given.Length != 6)
        {
            return pattern == "*";
        }

        for (var i = 0; i < 6; i++)
        {
            if (!MatchesPart(wanted[i], given[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Greedy with one way back: a later <c>*</c> makes the earlier ones' choices irrelevant. Linear in practice, no recursion.</summary>
    private static bool MatchesPart(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int p = 0, t = 0, star = -1, starText = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                starText = t;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == text[t]))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++starText;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].Trim('*').IsEmpty;
    }
}
