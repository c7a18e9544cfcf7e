namespace Glue.AttachedStores.Polling;

/// <summary>
/// Gives a store time when it asks for it (503 SlowDown) or does not answer: nobody asks it for a page before that is over, whichever bucket it was.
/// Each failure in a row doubles it. Thread-safe.
/// </summary>
internal sealed class StorePace(PollOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private long _failedAt; // a timestamp: the wall clock may be set
    private TimeSpan _wait;
    private int _failures;

    public bool MustWait => Left() > TimeSpan.Zero;

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (Left() is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left, time, cancellationToken);
        }
    }

    public void Succeeded()
    {
        lock (_lock)
        {
            _failures = 0;
        }
    }

    public void Failed()
    {
        lock (_lock)
        {
            if (Left() <= TimeSpan.Zero) // else it was asked before the last failure: the same one, seen by several buckets
            {
                (_failedAt, _wait) = (time.GetTimestamp(), Backoff.Of(options, ++_failures));
            }
        }
    }

    private TimeSpan Left()
    {
        lock (_lock)
        {
            return _wait - time.GetElapsedTime(_failedAt);
        }
    }
}
