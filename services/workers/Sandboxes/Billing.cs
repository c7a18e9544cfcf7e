namespace Glue.Workers.Sandboxes;

/// <summary>How durations and sizes are rounded for REPORT lines and metering.</summary>
internal static class Billing
{
    /// <summary>Up to the next whole millisecond, at least one.</summary>
    /// <remarks>Lambda bills 1 ms steps and, since August 2025, the init phase of every runtime (pricing page, read 2026-11).</remarks>
    public static TimeSpan Round(TimeSpan duration) =>
        TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(duration.TotalMilliseconds)));

    public static int ToMiB(uint kibibytes) => (int)((kibibytes + 1023) / 1024);
}
