using Glue.Contracts.Invocations;
using Glue.Dispatcher.Fairness;
using Glue.Foundation.Sqlite;
using Microsoft.Data.Sqlite;

namespace Glue.Dispatcher.Queue;

/// <summary>The embedded queue's tables in queue.db, with group commit.</summary>
internal sealed class SqliteQueueDisk : IQueueDisk
{
    private readonly SqliteDatabase _database;

    public SqliteQueueDisk(SqliteDatabase database)
    {
        _database = database;
        database.Migrate("dispatcher.queue", QueueSchema.Steps);
    }

    public Task<T> WriteAsync<T>(Func<IQueueTransaction, T> change, CancellationToken cancellationToken) =>
        _database.WriteAsync(write => change(new Transaction(write)), cancellationToken);

    /// <remarks>One seek each: the index is read from function to function, not through their entries.</remarks>
    public IReadOnlyList<FunctionKey> Functions() => _database.Read<IReadOnlyList<FunctionKey>>(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT account_id, function_name FROM queue_entry INDEXED BY queue_due
            WHERE state=0 AND (account_id, function_name) > ($account, $function) ORDER BY account_id, function_name LIMIT 1
            """;
        var functions = new List<FunctionKey>();
        var last = new FunctionKey("", "");
        while (true)
        {
            using var row = command.With("$account", last.AccountId).With("$function", last.Name).ExecuteReader();
            if (!row.Read())
            {
                return functions;
            }

            functions.Add(last = new FunctionKey(row.GetString(0), row.GetString(1)));
        }
    });

    public IReadOnlyList<Invocation> Read(IReadOnlyList<long> entries) => _database.Read<IReadOnlyList<Invocation>>(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT l.id, l.account_id, l.function_name, l.qualifier, v.payload, e.order_key, l.source_kind, l.rule_id, l.bucket, l.object_key,
                   l.sequencer, l.lineage_depth, l.trace_parent, l.accepted_ms
            FROM queue_entry e JOIN ledger l ON l.seq=e.seq JOIN queue_event v ON v.seq=e.seq WHERE e.seq=$seq
            """;
        return [.. entries.Select(entry =>
        {
            using var row = command.With("$seq", entry).ExecuteReader();
            return row.Read() ? Body(row) : throw new InvalidOperationException($"Entry {entry} of queue.db has lost its event or its ledger row.");
        })];
    });

    private static Invocation Body(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        AccountId = row.GetString(1),
        FunctionName = row.GetString(2),
        Qualifier = Text(row, 3),
        Payload = row.GetFieldValue<byte[]>(4),
        OrderKey = Text(row, 5),
        Source = new InvocationSource(row.GetString(6), Text(row, 7), Text(row, 8), Text(row, 9), Text(row, 10)),
        LineageDepth = row.GetInt32(11),
        TraceParent = Text(row, 12),
        AcceptedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(13)),
    };

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private sealed class Transaction(SqliteWrite write) : IQueueTransaction
    {
        public AddedEntry Add(Invocation invocation, byte[] payload, long nowMs) => EnqueueStatements.Add(write, invocation, payload, nowMs);

        public SettledEntry Settle(Settlement settlement, long nowMs) => SettleStatements.Apply(write, settlement, nowMs);

        public void WhenCommitted(Action action) => write.WhenCommitted(action);

        public (FunctionKey Function, QueueHead? Head)? Redrive(string accountId, string id, long nowMs) =>
            RedriveStatements.Apply(write, accountId, id, nowMs);

        public IReadOnlyList<QueueHead> ReadyHeads(FunctionKey function, int count)
        {
            using var row = write.Prepared(
                    """
                    SELECT seq, due_ms, order_key, function_errors, postponements FROM queue_entry INDEXED BY queue_due
                    WHERE state=0 AND account_id=$account AND function_name=$function ORDER BY due_ms, seq LIMIT $count
                    """)
                .With("$account", function.AccountId).With("$function", function.Name).With("$count", count).ExecuteReader();
            var heads = new List<QueueHead>(count);
            while (row.Read())
            {
                heads.Add(new QueueHead(row.GetInt64(0), row.GetInt64(1), Text(row, 2), row.GetInt32(3), row.GetInt32(4)));
            }

            return heads;
        }
    }
}
