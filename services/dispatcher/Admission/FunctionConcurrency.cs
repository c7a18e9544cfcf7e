namespace Glue.Dispatcher.Admission;

/// <summary>
/// What runs of one function, and how fast that may rise: by 1000 every 10 s, as Lambda's concurrency scaling rate (Lambda Developer Guide,
/// "Lambda scaling behavior", read 2026-11). A token bucket, asked only when more are to run than did in the last minute. What runs on provisioned
/// concurrency does not count there: its sandboxes are there already.
/// </summary>
/// <param name="burst">How much it may rise at once, and every 10 s.</param>
/// <param name="timestamp">Now.</param>
internal sealed class FunctionConcurrency(int burst, long timestamp)
{
    public const int Burst = 1000;

    private static readonly TimeSpan Refill = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, int> _provisioned = new(StringComparer.Ordinal); // empty nearly always
    private double _tokens = burst;
    private long _lookedAt = timestamp;
    private long _leftAt = timestamp;
    private int _level;
    private int _peak;
    private long _peakSince = timestamp;

    public int Running => OnDemandRunning + AllProvisionedRunning;

    /// <summary>All that is not within provisioned concurrency.</summary>
    public int OnDemandRunning { get; private set; }

    /// <summary>Within what is provisioned for any qualifier.</summary>
    public int AllProvisionedRunning { get; private set; }

    /// <summary>Within what is provisioned for this qualifier.</summary>
    public int ProvisionedRunning(string? qualifier) => qualifier is null ? 0 : _provisioned.GetValueOrDefault(qualifier);

    /// <summary>May one more run at once? Looking costs nothing; <see cref="Enter"/> pays.</summary>
    public bool MayGrow(long now, TimeProvider time)
    {
        _tokens = Math.Min(burst, _tokens + (burst * Math.Max(0, time.GetElapsedTime(_lookedAt, now) / Refill)));
        _lookedAt = now;
        if (time.GetElapsedTime(_peakSince, now) > Memory)
        {
            (_level, _peak, _peakSince) = (Math.Max(_peak, OnDemandRunning), OnDemandRunning, now);
        }

        return OnDemandRunning < _level || _tokens >= 1;
    }

    /// <summary>Nothing runs, and what ran before is too long ago to matter.</summary>
    public bool IsAsNew(long now, TimeProvider time) => Running == 0 && time.GetElapsedTime(_leftAt, now) > 2 * Memory;

    public void Enter(in AdmittedPlace place)
    {
        if (place.Kind == PlaceKind.Provisioned)
        {
            _provisioned[place.Qualifier!] = ProvisionedRunning(place.Qualifier) + 1;
            AllProvisionedRunning++;
            return;
        }

        OnDemandRunning++;
        _peak = Math.Max(_peak, OnDemandRunning);
        if (OnDemandRunning > _level)
        {
            _level = OnDemandRunning;
            _tokens--;
        }
    }

    public void Leave(in AdmittedPlace place, long now)
    {
        _leftAt = now;
        if (place.Kind != PlaceKind.Provisioned)
        {
            OnDemandRunning--;
            return;
        }

        AllProvisionedRunning--;
        if (--_provisioned[place.Qualifier!] == 0)
        {
            _provisioned.Remove(place.Qualifier!); // the alias may be gone
        }
    }
}
