using System.IO.Enumeration;

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
            // The backslash is an escape to the matcher and a plain character in an ARN.
            if (!FileSystemName.MatchesSimpleExpression(wanted[i].Replace("\\", "\\\\", StringComparison.Ordinal), given[i], ignoreCase: false))
            {
                return false;
            }
        }

        return true;
    }
}
