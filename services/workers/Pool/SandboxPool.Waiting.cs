using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;

namespace Glue.Workers.Pool;

/// <summary>How a request that found no idle sandbox comes to one.</summary>
internal sealed partial class SandboxPool
{
    private async Task<InvokeOutcome> WaitAsync(FunctionVersion version, InvokeRequest request, CancellationToken cancellationToken)
    {
        if (version.MemoryMiB > _room.BudgetMiB)
        {
            return NotRun($"The function wants {version.MemoryMiB} MB, this worker has {_room.BudgetMiB} MB for all: lower its MemorySize or raise the worker's memory budget.");
        }

        var since = _context.Time.GetTimestamp();
        while (true)
        {
            var granted = await GrantAsync(version, since, cancellationToken);
            var waited = _context.Time.GetElapsedTime(since);
            if (granted.Failed is { } failed)
            {
                return granted.Sandbox!.FailInit(request, failed, waited);
            }

            if (granted.Sandbox is not { } sandbox)
            {
                return NotRun(granted.Reason!);
            }

            if (sandbox.TryRun(request, waited, out var outcome))
            {
                return await Abandonment.Watch(sandbox, outcome, cancellationToken);
            }
        }
    }

    private async Task<Granted> GrantAsync(FunctionVersion version, long since, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(since);
        VersionPool pool;
        LinkedListNode<Waiter> place;
        lock (_lock)
        {
            pool = PoolOf(version);
            place = pool.Add(waiter);
        }

        Scale();
        while (true)
        {
            try
            {
                return await waiter.Granted.WaitAsync(_context.Options.RoomTimeout, _context.Time, cancellationToken);
            }
            catch (Exception e) when (e is TimeoutException or OperationCanceledException)
            {
                // A start that is under way has its own limits. The caller's leave ends only the wait: what was started stays warm.
                var isStarting = pool.Starting > 0 && e is TimeoutException;
                if (!isStarting && waiter.TryGrant(new Granted(null, Reason: NoRoom(version))))
                {
                    lock (_lock)
                    {
                        pool.Remove(place);
                        RemoveIfEmpty(pool);
                    }

                    cancellationToken.ThrowIfCancellationRequested();
                }
            }
        }
    }

    private string NoRoom(FunctionVersion version)
    {
        var status = Status;
        return $"No room for a sandbox of {version.MemoryMiB} MB within {_context.Options.RoomTimeout.TotalSeconds:0.#} s: {status.MemoryUsedMiB} of {status.MemoryBudgetMiB} MB "
            + $"and {status.Sandboxes} of {_room.MaxSandboxes} sandboxes are in use by running functions. Try again, or raise the worker's limits.";
    }
}
