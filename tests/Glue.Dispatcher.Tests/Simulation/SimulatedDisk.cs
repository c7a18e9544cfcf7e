using System.Data.Common;
using Glue.Contracts.Invocations;
using Glue.Dispatcher.Fairness;
using Glue.Dispatcher.Idempotency;
using Glue.Dispatcher.Queue;

namespace Glue.Dispatcher.Tests.Simulation;

/// <summary>
/// The queue's tables with group commit, as SQLite's side has them, on a disk that is slow at times, full at times, and survives the process:
/// what was committed stays, of what was not either all or nothing does.
/// </summary>
internal sealed class SimulatedDisk(SimulatedTime time, Random random) : IQueueDisk
{
    private readonly Dictionary<string, Row> _ledger = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, Row> _entries = [];
    private readonly Queue<Pending> _pending = new();
    private Group? _writing;
    private long _seq;

    /// <summary>Chance of a commit that takes seconds, and of one that fails.</summary>
    public double Trouble { get; set; }

    /// <summary>A planted bug: skips what it names.</summary>
    public string? Bug { get; init; }

    /// <summary>Ids whose settlement is on disk, and how often each was settled.</summary>
    public Dictionary<string, int> Settled { get; } = new(StringComparer.Ordinal);

    public bool Has(string id) => _ledger.ContainsKey(id);

    /// <summary>The number of an invocation's entry.</summary>
    public long EntryOf(string id) => _ledger[id].Entry;

    /// <summary>Ids of what is ready and was due then already.</summary>
    public IEnumerable<string> DueSince(long ms) => _entries.Values.Where(row => row.State == 0 && row.DueMs <= ms).Select(static row => row.Invocation.Id);

    /// <summary>Ids of what was accepted before then and is not settled.</summary>
    public IEnumerable<string> WaitingSince(DateTimeOffset time) => _entries.Values.Where(row => row.Invocation.AcceptedAt < time).Select(static row => row.Invocation.Id);

    public Task<T> WriteAsync<T>(Func<IQueueTransaction, T> change, CancellationToken cancellationToken)
    {
        var pending = new Pending<T>(change);
        _pending.Enqueue(pending);
        if (_writing is null)
        {
            Begin();
        }

        return pending.Done.Task;
    }

    public IReadOnlyList<FunctionKey> Functions() => [.. _entries.Values.Where(row => row.State == 0).Select(row => row.Function).Distinct()];

    public bool HasOld(FunctionKey function, OldOrder order, long beforeMs, QueuePlace behind) => Old(function, order, beforeMs, behind).Any();

    public IReadOnlyList<Invocation> Read(IReadOnlyList<long> entries) =>
        [.. entries.Select(entry => _entries[entry].Invocation)];

    /// <summary>The process is gone. The group that was being written is on disk or it is not; nobody hears.</summary>
    public void Crash()
    {
        _pending.Clear();
        if (_writing is { } group)
        {
            group.IsAbandoned = true;
            (random.Next(2) == 0 ? group.Durable : Enumerable.Reverse(group.Undo)).ToList().ForEach(static action => action());
            _writing = null;
        }
    }

    private IEnumerable<OldEntry> Old(FunctionKey function, OldOrder order, long beforeMs, QueuePlace behind) => _entries.Values
        .Where(row => row.Function == function && (order == OldOrder.ByDue ? row.State == 0 : row.State == 2 || row.DueMs > row.AcceptedMs + 2000))
        .Select(row => new OldEntry(row.Head, order == OldOrder.ByDue ? row.Head.Place : new QueuePlace(row.AcceptedMs, row.Entry), null, row.AcceptedMs))
        .Where(old => old.Place.DueMs < beforeMs && old.Place.IsBehind(behind)).OrderBy(static old => old.Place.DueMs).ThenBy(static old => old.Place.Entry);

    private void Begin()
    {
        var group = _writing = new Group();
        while (_pending.TryDequeue(out var pending))
        {
            group.Members.Add(pending);
            pending.Run(new Transaction(this, group));
        }

        if (Bug == "acknowledges too soon")
        {
            Tell(group);
        }

        var isTrouble = random.NextDouble() < Trouble;
        var latency = isTrouble && random.Next(2) == 0 ? random.Next(1000, 10_000) : random.Next(1, 6);
        var fails = isTrouble && latency < 1000 && !group.IsTold;
        time.In(latency, () => End(group, fails));
    }

    private void End(Group group, bool fails)
    {
        if (group.IsAbandoned)
        {
            return;
        }

        _writing = null;
        if (fails)
        {
            Enumerable.Reverse(group.Undo).ToList().ForEach(static undo => undo());
            group.Members.ForEach(static member => member.Fail(new DiskFullException()));
        }
        else
        {
            group.Durable.ForEach(static action => action());
            Tell(group);
        }

        if (_pending.Count > 0 && _writing is null)
        {
            Begin();
        }
    }

    private static void Tell(Group group)
    {
        if (group.IsTold)
        {
            return;
        }

        group.IsTold = true;
        group.Hooks.ForEach(static hook => hook());
        group.Members.ForEach(static member => member.Succeed());
    }

    internal sealed class DiskFullException() : DbException("database or disk is full");

    private sealed record Row(long Entry, Invocation Invocation)
    {
        public FunctionKey Function => FunctionKey.Of(Invocation);

        public long AcceptedMs => Invocation.AcceptedAt.ToUnixTimeMilliseconds();

        public int State { get; set; }

        public long DueMs { get; set; }

        public bool IsRetrying { get; set; }

        public int Errors { get; set; }

        public int Postponements { get; set; }

        public bool IsSettled { get; set; }

        public QueueHead Head => new(Entry, DueMs, Invocation.OrderKey, Errors, Postponements);
    }

    private sealed class Group
    {
        public List<Pending> Members { get; } = [];

        public List<Action> Undo { get; } = [];

        public List<Action> Durable { get; } = [];

        public List<Action> Hooks { get; } = [];

        public bool IsAbandoned { get; set; }

        public bool IsTold { get; set; }
    }

    private abstract class Pending
    {
        public abstract void Run(IQueueTransaction transaction);

        public abstract void Succeed();

        public abstract void Fail(Exception exception);
    }

    private sealed class Pending<T>(Func<IQueueTransaction, T> change) : Pending
    {
        private T _result = default!;

        public TaskCompletionSource<T> Done { get; } = new();

        public override void Run(IQueueTransaction transaction) => _result = change(transaction);

        public override void Succeed() => Done.TrySetResult(_result);

        public override void Fail(Exception exception) => Done.TrySetException(exception);
    }

    private sealed class Transaction(SimulatedDisk disk, Group group) : IQueueTransaction
    {
        public AddedEntry Add(Invocation invocation, long nowMs)
        {
            if (disk._ledger.ContainsKey(invocation.Id) && disk.Bug != "knows no ids")
            {
                return default;
            }

            disk._ledger.TryGetValue(invocation.Id, out var before);
            var row = new Row(++disk._seq, invocation) { DueMs = nowMs };
            row.State = invocation.OrderKey is not null && SameKey(row).Any(static other => !other.IsRetrying) ? 2 : 0;
            disk._ledger[invocation.Id] = row;
            disk._entries.Add(row.Entry, row);
            group.Undo.Add(() =>
            {
                disk._entries.Remove(row.Entry);
                disk._ledger.Remove(invocation.Id);
                if (before is not null)
                {
                    disk._ledger[invocation.Id] = before;
                }
            });
            return new AddedEntry(IsNew: true, row.Entry, row.State == 0);
        }

        public IReadOnlyList<QueueHead> ReadyHeads(FunctionKey function, QueuePlace behind, int count) =>
        [
            .. disk._entries.Values.Where(row => row.State == 0 && row.Function == function && row.Head.Place.IsBehind(behind))
                .OrderBy(static row => row.DueMs).ThenBy(static row => row.Entry).Take(count).Select(static row => row.Head),
        ];

        public IReadOnlyList<OldEntry> Old(FunctionKey function, OldOrder order, long beforeMs, QueuePlace behind, int count) =>
            [.. disk.Old(function, order, beforeMs, behind).Take(count)];

        public Invocation Read(long entry) => disk._entries[entry].Invocation;

        public void Keep(KeptOutcome outcome) => throw new NotSupportedException("The simulation's functions are not idempotent.");

        public SettledEntry Settle(FunctionKey function, QueueHead head, Settlement settlement, long nowMs)
        {
            var row = disk._entries[settlement.Lease.Entry];
            var ready = new List<QueueHead>();
            Remember(row);
            switch (settlement.Kind)
            {
                case SettlementKind.Done or SettlementKind.DeadLetter:
                    disk._entries.Remove(row.Entry);
                    row.IsSettled = true;
                    group.Undo.Add(() => disk._entries.Add(row.Entry, row));
                    group.Durable.Add(() => disk.Settled[row.Invocation.Id] = disk.Settled.GetValueOrDefault(row.Invocation.Id) + 1);
                    break;
                case SettlementKind.Retry:
                    (row.DueMs, row.IsRetrying, row.Postponements) = (settlement.DueAt.ToUnixTimeMilliseconds(), true, 0);
                    row.Errors++;
                    row.State = row.Invocation.OrderKey is not null && SameKey(row).Any(static other => other is { State: 0, IsRetrying: true }) ? 2 : 0;
                    break;
                case SettlementKind.Postpone:
                    row.DueMs = settlement.DueAt.ToUnixTimeMilliseconds();
                    row.Postponements++;
                    break;
            }

            if (!row.IsSettled && row.State == 0 && !(disk.Bug == "forgets retries" && settlement.Kind == SettlementKind.Retry))
            {
                ready.Add(row.Head);
            }

            if (row.Invocation.OrderKey is not null && settlement.Kind is SettlementKind.Done or SettlementKind.DeadLetter or SettlementKind.Retry)
            {
                Promote(row, retrying: false, nowMs, ready);
                Promote(row, retrying: true, nowMs, ready);
            }

            return new SettledEntry(ready);
        }

        public (FunctionKey Function, QueueHead? Head)? Redrive(string accountId, string id, long nowMs) =>
            throw new NotSupportedException("The simulation redrives nothing.");

        public void WhenCommitted(Action action) => group.Hooks.Add(action);

        private IEnumerable<Row> SameKey(Row row) => disk._entries.Values.Where(other =>
            other.Entry != row.Entry && other.Function == row.Function && other.Invocation.OrderKey == row.Invocation.OrderKey);

        private void Promote(Row behind, bool retrying, long nowMs, List<QueueHead> ready)
        {
            var all = SameKey(behind).Append(behind).Where(row => !row.IsSettled && row.IsRetrying == retrying).ToList();
            var held = all.Where(static row => row.State == 2).OrderBy(static row => row.Entry);
            var next = disk.Bug == "promotes the last" ? held.LastOrDefault() : held.FirstOrDefault();
            if (next is not null && all.TrueForAll(static row => row.State != 0))
            {
                Remember(next);
                (next.State, next.DueMs) = (0, Math.Max(next.DueMs, nowMs));
                ready.Add(next.Head);
            }
        }

        private void Remember(Row row)
        {
            var (state, due, retrying, errors, postponements, settled) = (row.State, row.DueMs, row.IsRetrying, row.Errors, row.Postponements, row.IsSettled);
            group.Undo.Add(() => (row.State, row.DueMs, row.IsRetrying, row.Errors, row.Postponements, row.IsSettled) =
                (state, due, retrying, errors, postponements, settled));
        }
    }
}
