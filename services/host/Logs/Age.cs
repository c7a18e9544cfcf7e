using System.Globalization;

namespace Glue.Host.Logs;

/// <summary>Times back from now as <c>aws logs tail --since</c> takes them: <c>10m</c>.</summary>
internal static class Age
{
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
