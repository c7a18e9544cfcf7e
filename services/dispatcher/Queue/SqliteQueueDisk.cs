using Glue.Contracts.Invocations;
using Glue.Dispatcher.Fairness;
using Glue.Dispatcher.Idempotency;
using Glue.Foundation.Sqlite;

namespace Glue.Dispatcher.Queue;

/// <summary>The embedded queue's tables in queue.db, with group commit.</summary>
internal sealed class SqliteQueueDisk : IQueueDisk
{
    private readonly SqliteDatabase _database;
    private readonly FunctionNumbers _numbers = new(most: 16_384);
    private long _lastSeq; // of the writer thread

    public SqliteQueueDisk(SqliteDatabase database)
    {
        _database = database;
        database.WriteAsync(static write =>
        {
            // A step that takes over older rows needs them; everything else computes them itself.
            write.Connection.CreateFunction<string, long>("key_hash", KeyHash.Of, isDeterministic: true);
            write.Connection.CreateFunction<string, string, long>("object_hash", KeyHash.OfObject, isDeterministic: true);
        }).GetAwaiter().GetResult();
        database.Migrate("dispatcher.queue", QueueSchema.Steps);
        _lastSeq = database.Query(static statements =>
        {
            using var row = statements["SELECT coalesce(max(seq), 0) FROM ledger"].Query();
            row.Read();
            return row.Int64(0);
        });
    }

    public Task<T> WriteAsync<T>(Func<IQueueTransaction, T> change, CancellationToken cancellationToken) =>
        _database.WriteAsync(write => change(new Transaction(this, write)), cancellationToken);

    public IReadOnlyList<FunctionKey> Functions() => _database.Query<IReadOnlyList<FunctionKey>>(static statements =>
    {
        var functions = new List<FunctionKey>();
        using var row = statements[
            "SELECT account_id, name, nullif(qualifier, '') FROM queue_function f WHERE EXISTS(SELECT 1 FROM ledger INDEXED BY queue_due WHERE function=f.number AND state=0)"].Query();
        while (row.Read())
        {
            functions.Add(new FunctionKey(row.Text(0), row.Text(1), row.TextOrNull(2)));
        }

        return functions;
    });

    public bool HasOld(FunctionKey function, OldOrder order, long beforeMs, QueuePlace behind) => _database.Query(statements =>
        _numbers.Find(statements, function) is { } number && OldStatements.Any(statements, number, order, beforeMs, behind));

    public IReadOnlyList<Invocation> Read(IReadOnlyList<long> entries) =>
        _database.Query<IReadOnlyList<Invocation>>(statements => [.. entries.Select(entry => Read(statements, entry))]);

    private static Invocation Read(SqliteStatements statements, long entry)
    {
        using var row = statements[
            """
            SELECT l.id, f.account_id, f.name, l.qualifier, v.payload, l.order_key, l.source_kind, l.rule_id, l.bucket, l.object_key,
                   l.sequencer, l.lineage_depth, l.trace_parent, l.accepted_ms
            FROM ledger l JOIN queue_function f ON f.number=l.function JOIN queue_event v ON v.seq=l.seq WHERE l.seq=?
            """].With(entry).Query();
        return row.Read() ? Body(row) : throw new InvalidOperationException($"Entry {entry} of queue.db has lost its event or its ledger row.");
    }

    private static Invocation Body(SqliteRows row) => new()
    {
        Id = row.Text(0),
        AccountId = row.Text(1),
        FunctionName = row.Text(2),
        Qualifier = row.TextOrNull(3),
        Payload = row.Blob(4).ToArray(),
        OrderKey = row.TextOrNull(5),
        Source = new InvocationSource(row.Text(6), row.TextOrNull(7), row.TextOrNull(8), row.TextOrNull(9), row.TextOrNull(10)),
        LineageDepth = row.Int32(11),
        TraceParent = row.TextOrNull(12),
        AcceptedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(13)),
    };

    private sealed class Transaction(SqliteQueueDisk disk, SqliteWrite write) : IQueueTransaction
    {
        /// <remarks>An undone change leaves a gap in the numbers, no more.</remarks>
        public AddedEntry Add(Invocation invocation, long nowMs) =>
            EnqueueStatements.Add(write, ++disk._lastSeq, disk._numbers.Of(write, FunctionKey.Of(invocation)), invocation, nowMs);

        public SettledEntry Settle(FunctionKey function, QueueHead head, Settlement settlement, long nowMs)
        {
            if (settlement.Keeps is { } outcome)
            {
                Keep(outcome);
            }

            return SettleStatements.Apply(write, disk._numbers.Of(write, function), head, settlement, nowMs);
        }

        public IReadOnlyList<OldEntry> Old(FunctionKey function, OldOrder order, long beforeMs, QueuePlace behind, int count) =>
            OldStatements.Find(write.Statements, disk._numbers.Of(write, function), order, beforeMs, behind, count);

        public Invocation Read(long entry) => SqliteQueueDisk.Read(write.Statements, entry);

        public void Keep(KeptOutcome outcome) => OutcomeStore.Keep(write, outcome);

        public void WhenCommitted(Action action) => write.WhenCommitted(action);

        public (FunctionKey Function, QueueHead? Head)? Redrive(string accountId, string id, long nowMs) =>
            RedriveStatements.Apply(write, accountId, id, nowMs);

        public IReadOnlyList<QueueHead> ReadyHeads(FunctionKey function, QueuePlace behind, int count)
        {
            using var row = write.Statements[
                    """
                    SELECT seq, due_ms, order_key, function_errors, postponements FROM ledger INDEXED BY queue_due
                    WHERE state=0 AND function=? AND (due_ms, seq) > (?, ?) ORDER BY due_ms, seq LIMIT ?
                    """]
                .With(disk._numbers.Of(write, function)).With(behind.DueMs).With(behind.Entry).With(count).Query();
            var heads = new List<QueueHead>(Math.Min(count, 256));
            while (row.Read())
            {
                heads.Add(new QueueHead(row.Int64(0), row.Int64(1), row.TextOrNull(2), row.Int32(3), row.Int32(4)));
            }

            return heads;
        }
    }
}
