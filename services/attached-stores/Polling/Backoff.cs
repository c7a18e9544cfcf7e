namespace Glue.AttachedStores.Polling;

/// <summary>How long to wait after so many failures in a row.</summary>
internal static class Backoff
{
    public static TimeSpan Of(PollOptions options, int failures) =>
        TimeSpan.FromTicks((long)Math.Min(options.LongestRetry.Ticks, options.FirstRetry.Ticks * Math.Pow(2, failures - 1)));
}
