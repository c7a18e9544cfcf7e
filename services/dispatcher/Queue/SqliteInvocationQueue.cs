using System.Threading.Channels;
using Glue.Contracts.Invocations;
using Glue.Dispatcher.Ledger;
using Glue.Foundation.Sqlite;

namespace Glue.Dispatcher.Queue;

/// <summary>The embedded invocation queue: one SQLite file, group commit, this process its only consumer.</summary>
internal sealed class SqliteInvocationQueue : IInvocationQueue
{
    private readonly SqliteDatabase _database;
    private readonly TimeProvider _time;
    private readonly LedgerChanges _changes;
    private readonly QueueMetrics _metrics;
    private readonly LeaseStatements _leasing = new();

    // Holds at most one token: "look again". A token that is already there stands for all later ones.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private long _nextLookMs;

    public SqliteInvocationQueue(SqliteDatabase database, TimeProvider time, LedgerChanges changes, QueueMetrics metrics)
    {
        _database = database;
        _time = time;
        _changes = changes;
        _metrics = metrics;
        database.Migrate("dispatcher.queue", QueueSchema.Steps);
    }

    public async Task<int> EnqueueAsync(IReadOnlyList<Invocation> batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Count == 0)
        {
            return 0;
        }

        var now = NowMs();
        var added = await _database.WriteAsync(
            write =>
            {
                var count = 0;
                foreach (var invocation in batch)
                {
                    count += EnqueueStatements.Add(write, invocation, now) ? 1 : 0;
                }

                return count;
            },
            cancellationToken);
        _metrics.Enqueued(added, batch.Count - added);
        if (added > 0)
        {
            Wake();
        }

        return added;
    }

    public async Task<IReadOnlyList<LeasedInvocation>> LeaseDueAsync(int max, TimeSpan leaseTime, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        var now = NowMs();
        var (leased, nextDueMs) = await _database.WriteAsync(write => _leasing.Take(write, max, now, leaseTime), cancellationToken);

        // A lease of a vanished consumer ends without anybody telling: look again by then at the latest.
        Volatile.Write(ref _nextLookMs, leased.Count == max ? now : Math.Min(nextDueMs, now + (long)leaseTime.TotalMilliseconds));
        return leased;
    }

    public Task<IReadOnlyList<Lease>> RenewAsync(IReadOnlyList<Lease> leases, TimeSpan leaseTime, CancellationToken cancellationToken)
    {
        var until = NowMs() + (long)leaseTime.TotalMilliseconds;
        return _database.WriteAsync<IReadOnlyList<Lease>>(
            write =>
            {
                var lost = new List<Lease>();
                foreach (var lease in leases)
                {
                    var renewed = write.Prepared("UPDATE queue_entry SET leased_until_ms=$until WHERE seq=$seq AND lease=$lease AND state=1")
                        .With("$until", until).With("$seq", lease.Entry).With("$lease", lease.Token).ExecuteNonQuery();
                    if (renewed == 0)
                    {
                        lost.Add(lease);
                    }
                }

                return lost;
            },
            cancellationToken);
    }

    public async Task<int> SettleAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settlements);
        var now = NowMs();
        var settled = await _database.WriteAsync(
            write =>
            {
                var count = 0;
                foreach (var settlement in settlements)
                {
                    count += SettleStatements.Apply(write, settlement, now) ? 1 : 0;
                }

                return count;
            },
            cancellationToken);
        if (settled > 0)
        {
            // Something may be due now: a retry, or the next of its order key.
            Wake();
            _changes.Pulse();
        }

        return settled;
    }

    public async Task<int> ReleaseAllAsync(CancellationToken cancellationToken)
    {
        var released = await _database.WriteAsync(
            static write => write.Prepared("UPDATE queue_entry SET state=0, lease=lease+1, leased_until_ms=NULL WHERE state=1").ExecuteNonQuery(),
            cancellationToken);
        Wake();
        return released;
    }

    public async Task WaitForDueAsync(CancellationToken cancellationToken)
    {
        var wait = Volatile.Read(ref _nextLookMs) - NowMs();
        if (wait <= 0)
        {
            return;
        }

        using var due = new CancellationTokenSource(TimeSpan.FromMilliseconds(wait), _time);
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

    private void Wake() => _wake.Writer.TryWrite(true);

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
