using System.CommandLine.Parsing;
using System.Globalization;

namespace Glue.Host.Logs;

/// <summary>Spans of time as <c>aws logs tail --since</c> takes them: <c>10m</c>.</summary>
internal static class Age
{
    /// <summary>The value of an option.</summary>
    public static TimeSpan Of(ArgumentResult parsed)
    {
        var text = parsed.Tokens[0].Value;
        if (!TryParse(text, out var age))
        {
            parsed.AddError($"'{text}' is not a number with s, m, h, d or w, such as 10m.");
        }

        return age;
    }

    public static bool TryParse(string text, out TimeSpan age)
    {
        var unit = text is [.., var last] ? last switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            'w' => TimeSpan.FromDays(7),
            _ => TimeSpan.Zero,
        } : TimeSpan.Zero;
        age = default;
        if (unit == TimeSpan.Zero || !ushort.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }

        age = unit * count;
        return true;
    }
}
