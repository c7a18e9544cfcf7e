using Glue.Contracts.Invocations;
using Glue.Dispatcher.Fairness;
using Glue.Dispatcher.Ledger;

namespace Glue.Dispatcher.Queue;

/// <summary>
/// The embedded invocation queue: this process is its only consumer. Bodies and state on disk, heads and leases in memory
/// (<see cref="QueueFront"/>). An event on an idle queue costs one commit before it runs: leasing writes nothing.
/// </summary>
internal sealed class EmbeddedInvocationQueue : IInvocationQueue
{
    internal const int HeadsPerFunction = 256;
    internal const int HeadsTogether = 65_536;

    private readonly QueueParts _parts;
    private readonly QueueAdditions _additions;
    private readonly QueueSettling _settling;
    private readonly HeadLoader _loader;
    private readonly OldEntries _old;
    private readonly QueueMetrics _metrics;
    private readonly IServicePolicy _policy;

    /// <param name="disk">The durable side.</param>
    /// <param name="policy">Weights and limits.</param>
    /// <param name="places">How many entries are leased at most at once.</param>
    /// <param name="time">The clock of due times, and that of leases.</param>
    /// <param name="changes">Told of settlements.</param>
    /// <param name="metrics">Told of entries.</param>
    public EmbeddedInvocationQueue(
        IQueueDisk disk, IServicePolicy policy, int places, TimeProvider time, LedgerChanges changes, QueueMetrics metrics)
    {
        (_metrics, _policy) = (metrics, policy);
        var clock = new QueueClock(time);

        // Tokens of a former life must not fit leases of this one: they begin where the clock stands.
        var front = new QueueFront(policy, new FairScheduler(policy, places), new HeadBudget(HeadsPerFunction, HeadsTogether), time.GetUtcNow().UtcTicks);
        foreach (var function in disk.Functions())
        {
            front.Found(function);
        }

        _parts = new QueueParts(disk, front, new Lock(), new QueueWakeup(clock), clock);
        _additions = new QueueAdditions(_parts);
        _settling = new QueueSettling(_parts, _additions, changes);
        _loader = new HeadLoader(_parts);
        _old = new OldEntries(_parts);
        policy.WhenRoomIsMade(_parts.Wakeup.Wake);
    }

    /// <summary>Heads held in memory.</summary>
    public int HeadCount
    {
        get
        {
            lock (_parts.Lock)
            {
                return _parts.Front.HeadCount;
            }
        }
    }

    /// <summary>Entries that are leased now, and since when (milliseconds since 1970): to the ledger they run.</summary>
    public IReadOnlyDictionary<long, long> Leased()
    {
        lock (_parts.Lock)
        {
            return _parts.Front.Leased();
        }
    }

    public async Task<int> EnqueueAsync(IReadOnlyList<Invocation> batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Count == 0)
        {
            return 0;
        }

        var nowMs = _parts.Clock.WallMs;
        var added = await _parts.Disk.WriteAsync(transaction => _additions.Add(transaction, batch, nowMs), cancellationToken);
        _metrics.Enqueued(added, batch.Count - added);
        return added;
    }

    public async Task<IReadOnlyList<LeasedInvocation>> LeaseDueAsync(int max, TimeSpan leaseTime, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        while (true)
        {
            var now = _parts.Clock.Now;
            List<TakenEntry> taken;
            List<FunctionKey> toLoad;
            lock (_parts.Lock)
            {
                taken = _parts.Front.Take(max, now, leaseTime);
                toLoad = _loader.TakeLoads();
                _parts.Wakeup.SetNext(taken.Count == max ? now.WallMs : _parts.Front.NextDueMs, _parts.Front.NextExpiryTickMs);
            }

            var loading = _loader.Loading(toLoad, isAwaited: taken.Count == 0);
            if (taken.Count > 0)
            {
                return Read(taken, now.WallMs);
            }

            // Only when there is nothing else to do: what is in memory need not wait for the disk.
            if (loading.IsCompletedSuccessfully)
            {
                return [];
            }

            await loading.WaitAsync(cancellationToken);
        }
    }

    public Task<OldInvocations> LeaseOldAsync(int max, IEventAges ages, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ages);
        cancellationToken.ThrowIfCancellationRequested();
        return _old.LeaseAsync(max, ages);
    }

    public Task<IReadOnlyList<Lease>> RenewAsync(IReadOnlyList<Lease> leases, TimeSpan leaseTime, CancellationToken cancellationToken)
    {
        var until = _parts.Clock.TickMs + (long)leaseTime.TotalMilliseconds;
        lock (_parts.Lock)
        {
            return Task.FromResult<IReadOnlyList<Lease>>([.. leases.Where(lease => !_parts.Front.Renew(lease, until))]);
        }
    }

    public Task<int> SettleAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settlements);
        return _settling.SettleAsync(settlements);
    }

    public Task<int> RedriveAsync(string accountId, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var nowMs = _parts.Clock.WallMs;
        return _parts.Disk.WriteAsync(transaction => _additions.Redrive(transaction, accountId, ids, nowMs), cancellationToken);
    }

    public Task<int> ReleaseAllAsync(CancellationToken cancellationToken)
    {
        lock (_parts.Lock)
        {
            var leases = _parts.Front.TakeBackAll(_parts.Clock.WallMs);
            _parts.Wakeup.Wake();
            return Task.FromResult(leases);
        }
    }

    public Task WaitForDueAsync(CancellationToken cancellationToken) => _parts.Wakeup.WaitAsync(cancellationToken);

    private LeasedInvocation[] Read(List<TakenEntry> taken, long nowMs)
    {
        try
        {
            var missing = taken.Where(static entry => entry.Head.Kept is null).Select(static entry => entry.Head.Entry).ToList();
            var read = missing.Count == 0 ? [] : _parts.Disk.Read(missing);
            var next = 0;
            return [.. taken.Select(entry => new LeasedInvocation(
                entry.Lease, entry.Head.Kept ?? read[next++], entry.Head.FunctionErrors, entry.Head.Postponements) { Place = entry.Place })];
        }
        catch
        {
            lock (_parts.Lock)
            {
                taken.ForEach(entry => _parts.Front.Return(entry.Lease, nowMs));
            }

            foreach (var entry in taken)
            {
                if (entry.Place is { } place)
                {
                    _policy.Leave(place);
                }
            }

            throw;
        }
    }
}
