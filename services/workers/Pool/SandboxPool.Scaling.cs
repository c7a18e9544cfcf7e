using Glue.Workers.Sandboxes;

namespace Glue.Workers.Pool;

/// <summary>When a sandbox is started: for requests that wait first, then for what is provisioned.</summary>
internal sealed partial class SandboxPool
{
    // How long a sandbox that has answered may take to poll again before a start is made in its place.
    private static readonly TimeSpan ReturnGrace = TimeSpan.FromMilliseconds(100);

    /// <summary>Starts what is missing, as far as there is room; gives up idle sandboxes of others for it.</summary>
    private void Scale(bool isGraceOver = false)
    {
        List<Sandbox> evicted = [];
        List<(VersionPool Pool, Sandbox Sandbox, SandboxPurpose Purpose)> started = [];
        var mustLookAgain = false;
        lock (_lock)
        {
            _isShortOfRoom = false;
            while (_starting < _maxStarts && !_isStopping && NextStart.ForWaiter(_versions.Values, isGraceOver, ref mustLookAgain) is { } pool)
            {
                if (!_room.HasFor(pool.Version, _versions.Values, evicted))
                {
                    _isShortOfRoom = true;
                    break;
                }

                started.Add((pool, Begin(pool), SandboxPurpose.OnDemand));
            }

            // One start is kept free for whoever calls meanwhile, and nobody who waits for room is overtaken.
            while (_starting < Math.Max(1, _maxStarts - 1) && !_isStopping && !_isShortOfRoom && NextStart.Provisioned(_versions.Values) is { } pool)
            {
                if (!_room.HasFor(pool.Version, _versions.Values, evicted))
                {
                    if (evicted.Count > 0)
                    {
                        break; // looked at again when they are gone
                    }

                    pool.Provisioned.ShortOfRoom = $"No room for a sandbox of {pool.Version.MemoryMiB} MB: {_room.UsedMiB} of {_room.BudgetMiB} MB and "
                        + $"{_room.Alive.Count} of {_room.MaxSandboxes} sandboxes are in use.";
                    continue;
                }

                var sandbox = Begin(pool);
                pool.Provisioned.Add(sandbox);
                started.Add((pool, sandbox, SandboxPurpose.Provisioned));
            }
        }

        evicted.ForEach(static each => each.Retire("its place was needed"));
        foreach (var (pool, sandbox, purpose) in started)
        {
            _lives.Add(_life.RunAsync(sandbox, purpose, result => Started(pool, sandbox, result)));
        }

        if (mustLookAgain)
        {
            _ = _context.Time.CreateTimer(static state => ((SandboxPool)state!).Scale(isGraceOver: true), this, ReturnGrace, Timeout.InfiniteTimeSpan);
        }
    }

    private Sandbox Begin(VersionPool pool)
    {
        var sandbox = new Sandbox(Guid.NewGuid().ToString("N"), pool.Version, this, _context);
        pool.BeginStart(sandbox);
        _room.Add(sandbox, pool);
        _starting++;
        return sandbox;
    }

    /// <summary>Once for each start, however it ended.</summary>
    private bool EndStart(VersionPool pool, Sandbox sandbox)
    {
        if (!pool.EndStart(sandbox))
        {
            return false;
        }

        _starting--;
        return true;
    }

    private void Started(VersionPool pool, Sandbox sandbox, SandboxStarted result)
    {
        lock (_lock)
        {
            if (!result.IsReady)
            {
                EndStart(pool, sandbox);
                // Not tried again before the next look: what fails now fails in a moment, too.
                pool.Provisioned.Failure = result.Failure is { } failure ? $"The function's init failed: {failure.ErrorType}" : result.Reason;
                pool.TryGrant(result.Failure is null ? new Granted(null, Reason: result.Reason) : new Granted(sandbox, result));
            }

            RemoveIfEmpty(pool);
        }

        Scale();
        if (result.IsReady)
        {
            Prepare(pool.Version);
        }
    }
}
