namespace Glue.Workers.Sandboxes;

/// <summary>
/// The worker's own clock beside the agent's: an agent that says nothing any more (a guest kernel that hangs, a VMM that stands still) must not hold its
/// invocation for ever. Off the hot path: a phase leaves its due time here, and one timer, set once per limit and not once per phase, looks at it.
/// </summary>
internal sealed class PhaseLimit
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Action<TimeSpan> _isOver;
    private readonly ITimer _timer;
    private TimeSpan _limit;
    private long _begun;
    private long _looksAt = long.MaxValue;
    private bool _runs;

    /// <param name="time">Its timestamps count.</param>
    /// <param name="isOver">Called with the limit of a phase that did not end within it.</param>
    public PhaseLimit(TimeProvider time, Action<TimeSpan> isOver)
    {
        (_time, _isOver) = (time, isOver);
        _timer = time.CreateTimer(static state => ((PhaseLimit)state!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A phase begins, and the one before it is over.</summary>
    public void Begin(TimeSpan limit)
    {
        lock (_lock)
        {
            (_begun, _limit, _runs) = (_time.GetTimestamp(), limit, true);
            LookAfter(limit);
        }
    }

    /// <summary>The phase is over; the timer finds that out when it looks.</summary>
    public void End()
    {
        lock (_lock)
        {
            _runs = false;
        }
    }

    /// <summary>There are no more phases.</summary>
    public void Stop() => _timer.Dispose();

    private void Look()
    {
        lock (_lock)
        {
            _looksAt = long.MaxValue;
            if (!_runs)
            {
                return;
            }

            if (_limit - _time.GetElapsedTime(_begun) is var left && left > TimeSpan.Zero)
            {
                LookAfter(left);
                return;
            }

            _runs = false;
        }

        _isOver(_limit);
    }

    private void LookAfter(TimeSpan wait)
    {
        var at = _time.GetTimestamp() + (long)(wait.TotalSeconds * _time.TimestampFrequency);
        if (at < _looksAt)
        {
            _looksAt = at;
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }
}
