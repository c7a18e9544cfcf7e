namespace Glue.Dispatcher.Admission;

/// <summary>
/// What runs of one function, and how fast that may rise: by 1000 every 10 s, as Lambda's concurrency scaling rate (Lambda Developer Guide,
/// "Lambda scaling behavior", read 2026-11). A token bucket, asked only when more are to run than did in the last minute.
/// </summary>
internal sealed class FunctionConcurrency
{
    public const int Burst = 1000;

    private static readonly TimeSpan Refill = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private double _tokens = Burst;
    private long? _lookedAt;
    private int _level;
    private int _peak;
    private long _peakSince;
    private int _fromReserved;

    public int Running { get; private set; }

    /// <summary>May one more run at once? Looking costs nothing; <see cref="Enter"/> pays.</summary>
    public bool MayGrow(long timestamp, TimeProvider time)
    {
        var elapsed = time.GetElapsedTime(_lookedAt ?? timestamp, timestamp);
        _lookedAt = timestamp;
        _tokens = Math.Min(Burst, _tokens + (Burst * Math.Max(0, elapsed / Refill)));
        if (time.GetElapsedTime(_peakSince, timestamp) > Memory)
        {
            (_level, _peak, _peakSince) = (Math.Max(_peak, Running), Running, timestamp);
        }

        return Running < _level || _tokens >= 1;
    }

    public void Enter(bool usesReserved)
    {
        Running++;
        _fromReserved += usesReserved ? 1 : 0;
        _peak = Math.Max(_peak, Running);
        if (Running > _level)
        {
            _level = Running;
            _tokens--;
        }
    }

    /// <returns>True: it ran within what is reserved for the function.</returns>
    public bool Leave()
    {
        // Those who entered before the reservation leave last: the sum is right at all times, and so is each part in the end.
        Running--;
        if (_fromReserved == 0)
        {
            return false;
        }

        _fromReserved--;
        return true;
    }
}
