using System.Text;

namespace Glue.FunctionLogs.Filtering;

/// <summary>Text in double quotes; a backslash takes the next character as it is.</summary>
internal static class Quoted
{
    /// <param name="text">The pattern.</param>
    /// <param name="at">At the opening quote; behind the closing one afterwards.</param>
    /// <exception cref="FilterPatternException">It does not end.</exception>
    public static string Read(string text, ref int at)
    {
        var start = at;
        var value = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (text[at] == '"')
            {
                at++;
                return value.ToString();
            }

            if (text[at] == '\\' && at + 1 < text.Length)
            {
                at++;
            }

            value.Append(text[at]);
        }

        throw new FilterPatternException($"Invalid filter pattern: the quote at character {start + 1} is not closed.");
    }
}
