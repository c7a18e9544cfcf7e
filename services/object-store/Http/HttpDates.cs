using System.Globalization;

namespace Glue.ObjectStore.Http;

/// <summary>Dates as HTTP headers have them: whole seconds, GMT.</summary>
internal static class HttpDates
{
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Null when it is absent or no date; HTTP says to ignore such a condition.</summary>
    public static DateTimeOffset? Parse(string? header) =>
        DateTimeOffset.TryParse(header, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
