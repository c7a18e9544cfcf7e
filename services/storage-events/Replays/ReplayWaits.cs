namespace Glue.StorageEvents.Replays;

/// <summary>Replays whose source failed: why, and when each is tried again. In memory: after a restart each is tried at once. Thread-safe.</summary>
internal sealed class ReplayWaits(StorageEventsOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Wait> _waits = new(StringComparer.Ordinal);

    /// <summary>The next try is later with every failure.</summary>
    /// <returns>True: its first since it last worked.</returns>
    public bool Failed(string id, string why)
    {
        lock (_gate)
        {
            var last = _waits.GetValueOrDefault(id)?.Length;
            var next = last is not { } length ? options.RetryFirst : length * 2 < options.SourceRetryMaximum ? length * 2 : options.SourceRetryMaximum;
            _waits[id] = new Wait(why, next, time.GetTimestamp());
            return last is null;
        }
    }

    public void Worked(string id)
    {
        lock (_gate)
        {
            _waits.Remove(id);
        }
    }

    /// <summary>Null: its source did not fail, or works again.</summary>
    public string? Why(string id)
    {
        lock (_gate)
        {
            return _waits.GetValueOrDefault(id)?.Why;
        }
    }

    /// <param name="running">All that are to run: of everybody else nothing is remembered.</param>
    /// <returns>Those that need not wait, in the same order; and how long until the first of the others need not. Null: there are none.</returns>
    public (IReadOnlyList<Replay> Ready, TimeSpan? Next) Ready(IReadOnlyList<Replay> running)
    {
        lock (_gate)
        {
            var ids = running.Select(static replay => replay.Id).ToHashSet(StringComparer.Ordinal);
            foreach (var gone in _waits.Keys.Where(id => !ids.Contains(id)).ToList())
            {
                _waits.Remove(gone);
            }

            var left = _waits.ToDictionary(static wait => wait.Key, wait => wait.Value.Length - time.GetElapsedTime(wait.Value.FailedAt), StringComparer.Ordinal);
            return (
                [.. running.Where(replay => left.GetValueOrDefault(replay.Id) <= TimeSpan.Zero)],
                left.Values.Where(static each => each > TimeSpan.Zero).Select(static each => (TimeSpan?)each).Min());
        }
    }

    private sealed record Wait(string Why, TimeSpan Length, long FailedAt);
}
