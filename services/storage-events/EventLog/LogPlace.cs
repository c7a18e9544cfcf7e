using System.Globalization;

namespace Glue.StorageEvents.EventLog;

/// <summary>A place in the log as people name it: a moment, or an offset (of every partition). Exactly one is set.</summary>
public readonly record struct LogPlace
{
    private LogPlace(DateTimeOffset? time, long? offset) => (Time, Offset) = (time, offset);

    public DateTimeOffset? Time { get; }

    public long? Offset { get; }

    public static LogPlace At(DateTimeOffset time) => new(time, null);

    public static LogPlace At(long offset) => new(null, offset);

    /// <summary>A number is an offset; all else an ISO 8601 time, UTC unless it says otherwise.</summary>
    public static bool TryParse(string text, out LogPlace place)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
        {
            place = At(offset);
            return true;
        }

        var isTime = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time);
        place = isTime ? At(time) : default;
        return isTime;
    }

    public override string ToString() =>
        Time is { } time ? time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{Offset}");
}
