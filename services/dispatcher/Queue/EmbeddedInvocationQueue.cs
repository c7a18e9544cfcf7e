using System.Threading.Channels;
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
    /// <summary>Larger bodies are read back from disk even on an idle queue.</summary>
    private const int MaxKeptBytes = 64 * 1024;

    internal const int HeadsPerFunction = 256;
    internal const int HeadsTogether = 65_536;

    // Functions whose heads are read in one change: what is read at once stays small.
    private const int LoadsAtOnce = 32;

    private readonly IQueueDisk _disk;
    private readonly TimeProvider _time;
    private readonly LedgerChanges _changes;
    private readonly QueueMetrics _metrics;
    private readonly QueueFront _front;
    private readonly Lock _lock = new();

    // Holds at most one token: "look again". A token that is already there stands for all later ones.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private Task _loading = Task.CompletedTask;
    private SettlementBatch? _nextSettled; // what comes while one is being written
    private bool _isSettling;
    private long _nextLookMs;

    /// <param name="disk">The durable side.</param>
    /// <param name="policy">Weights and limits.</param>
    /// <param name="places">How many entries are leased at most at once.</param>
    /// <param name="time">The clock of due times.</param>
    /// <param name="changes">Told of settlements.</param>
    /// <param name="metrics">Told of entries.</param>
    public EmbeddedInvocationQueue(
        IQueueDisk disk, IServicePolicy policy, int places, TimeProvider time, LedgerChanges changes, QueueMetrics metrics)
    {
        (_disk, _time, _changes, _metrics) = (disk, time, changes, metrics);

        // Tokens of a former life must not fit leases of this one: they begin where the clock stands.
        _front = new QueueFront(new FairScheduler(policy, places), new HeadBudget(HeadsPerFunction, HeadsTogether), time.GetUtcNow().UtcTicks);
        foreach (var function in disk.Functions())
        {
            _front.Found(function);
        }

        policy.WhenRoomIsMade(Wake);
    }

    /// <summary>Heads held in memory.</summary>
    public int HeadCount
    {
        get
        {
            lock (_lock)
            {
                return _front.HeadCount;
            }
        }
    }

    /// <summary>Entries that are leased now, and since when (milliseconds since 1970): to the ledger they run.</summary>
    public IReadOnlyDictionary<long, long> Leased()
    {
        lock (_lock)
        {
            return _front.Leased();
        }
    }

    public async Task<int> EnqueueAsync(IReadOnlyList<Invocation> batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Count == 0)
        {
            return 0;
        }

        var now = NowMs();
        var added = await _disk.WriteAsync(transaction => Add(transaction, batch, now), cancellationToken);
        _metrics.Enqueued(added, batch.Count - added);
        return added;
    }

    public async Task<IReadOnlyList<LeasedInvocation>> LeaseDueAsync(int max, TimeSpan leaseTime, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        while (true)
        {
            var now = NowMs();
            List<(Lease Lease, FunctionKey Function, QueueHead Head)> taken;
            List<FunctionKey> toLoad;
            lock (_lock)
            {
                taken = _front.Take(max, now, now + (long)leaseTime.TotalMilliseconds);
                toLoad = _front.TakeLoads(LoadsAtOnce);
                Volatile.Write(ref _nextLookMs, taken.Count == max ? now : _front.NextLookMs());
            }

            var loading = Loading(toLoad, isAwaited: taken.Count == 0);
            if (taken.Count > 0)
            {
                return Read(taken, now);
            }

            // Only when there is nothing else to do: what is in memory need not wait for the disk.
            if (loading.IsCompletedSuccessfully)
            {
                return [];
            }

            await loading.WaitAsync(cancellationToken);
        }
    }

    public Task<IReadOnlyList<Lease>> RenewAsync(IReadOnlyList<Lease> leases, TimeSpan leaseTime, CancellationToken cancellationToken)
    {
        var until = NowMs() + (long)leaseTime.TotalMilliseconds;
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<Lease>>([.. leases.Where(lease => !_front.Renew(lease, until))]);
        }
    }

    public async Task<int> SettleAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settlements);
        Task onDisk;
        var count = 0;
        bool mustWrite;
        lock (_lock)
        {
            var batch = _nextSettled ??= new SettlementBatch();
            foreach (var settlement in settlements)
            {
                var held = settlement.Attempt is { } attempt ? attempt.FinishedAt - attempt.StartedAt : (TimeSpan?)null;
                if (_front.BeginSettling(settlement.Lease, held) is { } entry)
                {
                    batch.Members.Add((settlement, entry.Function, entry.Head));
                    count++;
                }
            }

            if (count == 0)
            {
                return 0;
            }

            onDisk = batch.WaitAsync();
            mustWrite = !_isSettling;
            _isSettling = true;
        }

        Wake(); // places are free
        if (mustWrite)
        {
            _ = WriteSettlementsAsync(); // tells each batch how it went
        }

        await onDisk;
        return count;
    }

    /// <summary>One batch after the other until there is none.</summary>
    private async Task WriteSettlementsAsync()
    {
        while (true)
        {
            SettlementBatch batch;
            lock (_lock)
            {
                if (_nextSettled is not { Members.Count: > 0 } next)
                {
                    _isSettling = false;
                    return;
                }

                (batch, _nextSettled) = (next, null);
            }

            try
            {
                await _disk.WriteAsync(transaction => Settle(transaction, batch), CancellationToken.None);
            }
            catch (Exception e)
            {
                lock (_lock)
                {
                    batch.Members.ForEach(member => _front.NotSettled(member.Settlement.Lease));
                }

                batch.Fail(e);
                continue;
            }

            _changes.Pulse();
            batch.Succeed();
        }
    }

    private int Settle(IQueueTransaction transaction, SettlementBatch batch)
    {
        var now = NowMs();
        var settled = new List<SettledEntry>(batch.Members.Count);
        transaction.WhenCommitted(() => Settled(batch, settled, now));
        foreach (var (settlement, function, head) in batch.Members)
        {
            settled.Add(transaction.Settle(function, head, settlement, now));
            if (settlement.Follower is { } follower)
            {
                Add(transaction, [follower], now);
            }
        }

        return settled.Count;
    }

    public Task<int> RedriveAsync(string accountId, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var now = NowMs();
        return _disk.WriteAsync(
            transaction =>
            {
                var ready = new List<(FunctionKey Function, QueueHead Head)>();
                var count = 0;
                foreach (var id in ids)
                {
                    if (transaction.Redrive(accountId, id, now) is { } redriven)
                    {
                        count++;
                        if (redriven.Head is { } head)
                        {
                            ready.Add((redriven.Function, head));
                        }
                    }
                }

                transaction.WhenCommitted(() => Added(ready, now));
                return count;
            },
            cancellationToken);
    }

    public Task<int> ReleaseAllAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var leases = _front.TakeBackAll(NowMs());
            Wake();
            return Task.FromResult(leases);
        }
    }

    public async Task WaitForDueAsync(CancellationToken cancellationToken)
    {
        var wait = Volatile.Read(ref _nextLookMs) - NowMs();
        if (wait <= 0)
        {
            return;
        }

        // A timer counts to 49 days, and a clock may be set: look at least once an hour.
        using var due = new CancellationTokenSource(TimeSpan.FromMilliseconds(Math.Min(wait, 3_600_000)), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, cancellationToken);
        try
        {
            await _wake.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (due.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The time has come.
        }
    }

    private int Add(IQueueTransaction transaction, IReadOnlyList<Invocation> batch, long nowMs)
    {
        var ready = new List<(FunctionKey Function, QueueHead Head)>(batch.Count);
        var count = 0;
        foreach (var invocation in batch)
        {
            var added = transaction.Add(invocation, nowMs);
            count += added.IsNew ? 1 : 0;
            if (added is { IsNew: true, IsReady: true })
            {
                // A copy: the caller's memory is its own again when this returns.
                var kept = invocation.Payload.Length <= MaxKeptBytes ? invocation with { Payload = invocation.Payload.ToArray() } : null;
                ready.Add((
                    new FunctionKey(invocation.AccountId, invocation.FunctionName), new QueueHead(added.Entry, nowMs, invocation.OrderKey, 0, 0) { Kept = kept }));
            }
        }

        if (ready.Count > 0)
        {
            transaction.WhenCommitted(() => Added(ready, nowMs));
        }

        return count;
    }

    private void Added(List<(FunctionKey Function, QueueHead Head)> ready, long nowMs)
    {
        lock (_lock)
        {
            foreach (var (function, head) in ready)
            {
                _front.Added(function, head, nowMs);
            }
        }

        Wake();
    }

    private void Settled(SettlementBatch batch, List<SettledEntry> settled, long nowMs)
    {
        lock (_lock)
        {
            for (var i = 0; i < settled.Count; i++)
            {
                _front.Settled(batch.Members[i].Settlement.Lease, settled[i], nowMs);
            }
        }

        Wake(); // something may be leased now: a retry, the next of its order key
    }

    /// <summary>Starts the loads, and answers all that are on the way: whoever finds nothing to lease waits for them, and hears their failure.</summary>
    private Task Loading(List<FunctionKey> more, bool isAwaited)
    {
        var started = more.Count == 0 ? Task.CompletedTask : LoadAsync(more);
        lock (_lock)
        {
            var all = more.Count == 0 ? _loading : _loading.IsCompletedSuccessfully ? started : Task.WhenAll(_loading, started);
            _loading = isAwaited ? Task.CompletedTask : all;
            return all;
        }
    }

    private async Task LoadAsync(List<FunctionKey> functions)
    {
        var now = NowMs();
        try
        {
            await _disk.WriteAsync(
                transaction =>
                {
                    foreach (var function in functions)
                    {
                        Load(transaction, function, now);
                    }

                    return true;
                },
                CancellationToken.None);
        }
        catch
        {
            lock (_lock)
            {
                functions.ForEach(function => _front.LoadFailed(function, now));
            }

            throw;
        }

        List<FunctionKey> more;
        lock (_lock)
        {
            more = _front.TakeLoads(LoadsAtOnce);
        }

        _ = Loading(more, isAwaited: false);
    }

    /// <summary>In the order of all changes, so that what is read and what memory was told never contradict each other.</summary>
    private void Load(IQueueTransaction transaction, FunctionKey function, long nowMs)
    {
        QueuePlace behind;
        int count;
        lock (_lock)
        {
            (behind, count) = _front.Load(function);
        }

        var rows = transaction.ReadyHeads(function, behind, count);
        transaction.WhenCommitted(() =>
        {
            lock (_lock)
            {
                _front.Loaded(function, rows, behind, rows.Count < count, nowMs);
            }

            Wake();
        });
    }

    private LeasedInvocation[] Read(List<(Lease Lease, FunctionKey Function, QueueHead Head)> taken, long nowMs)
    {
        try
        {
            var missing = taken.Where(static entry => entry.Head.Kept is null).Select(static entry => entry.Head.Entry).ToList();
            var read = missing.Count == 0 ? [] : _disk.Read(missing);
            var next = 0;
            return [.. taken.Select(entry => new LeasedInvocation(
                entry.Lease, entry.Head.Kept ?? read[next++], entry.Head.FunctionErrors, entry.Head.Postponements))];
        }
        catch
        {
            lock (_lock)
            {
                taken.ForEach(entry => _front.Return(entry.Lease, nowMs));
            }

            throw;
        }
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
