namespace Glue.Guest.Native;

/// <summary>Both clocks through the vDSO: no system call, no allocation.</summary>
internal static unsafe class Clock
{
    /// <summary>Nanoseconds that only go forward; for durations and deadlines.</summary>
    public static long Monotonic => Read(Libc.CLOCK_MONOTONIC);

    /// <summary>Milliseconds since 1970, UTC; for the deadline a runtime is told.</summary>
    public static long UnixMs => Read(Libc.CLOCK_REALTIME) / 1_000_000;

    private static long Read(int clock)
    {
        Libc.TimeSpec time;
        Libc.clock_gettime(clock, &time);
        return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
    }
}
