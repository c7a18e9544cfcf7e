using System.Globalization;
using System.Text;

namespace Glue.FunctionLogs.Api;

/// <summary>Where a list goes on: behind this name (and time, for lists by time). Clients see base64.</summary>
internal sealed record PageToken(long TimeMs, string Name)
{
    public override string ToString() => Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{TimeMs}:{Name}")));

    /// <exception cref="LogsException">It is none that a list gave.</exception>
    public static PageToken? Read(string? token)
    {
        if (token is null)
        {
            return null;
        }

        var bytes = new byte[token.Length];
        if (Convert.TryFromBase64String(token, bytes, out var length) && Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2) is [var time, var name]
            && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var timeMs))
        {
            return new PageToken(timeMs, name);
        }

        throw LogsException.InvalidParameter("The specified nextToken is invalid.");
    }
}
