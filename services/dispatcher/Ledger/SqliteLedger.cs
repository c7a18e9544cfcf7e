using Glue.Contracts.Invocations;
using Glue.Dispatcher.Queue;
using Glue.Foundation.Sqlite;
using Microsoft.Data.Sqlite;

namespace Glue.Dispatcher.Ledger;

/// <summary>Reads the tables of <see cref="QueueSchema"/>; made after the queue, which owns them.</summary>
/// <param name="database">queue.db.</param>
/// <param name="leased">Which entries run, and since when (milliseconds since 1970): leases are not on disk.</param>
internal sealed class SqliteLedger(SqliteDatabase database, Func<IReadOnlyDictionary<long, long>> leased) : ILedger
{
    private const int ExpireBatch = 500;

    private const string Select =
        """
        SELECT l.id, f.account_id, f.name, l.qualifier, l.state, l.attempts, l.source_kind, l.rule_id, l.bucket, l.object_key,
               l.sequencer, l.lineage_depth, l.accepted_ms, l.enqueued_ms, l.started_ms, l.finished_ms, l.start_kind, l.start_us,
               l.init_us, l.duration_us, l.max_memory_mib, l.sandbox_id, l.reason, l.error, l.log_tail, l.function_errors, l.due_ms, l.seq
        FROM ledger l CROSS JOIN queue_function f ON f.number=l.function
        """;

    public LedgerEntry? Find(string accountId, string id) => database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = Select + " WHERE l.id=$id AND f.account_id=$account";
        using var row = command.With("$id", id).With("$account", accountId).ExecuteReader();
        return row.Read() ? Read(row, leased()) : null;
    });

    public byte[]? FindEvent(string accountId, string id) => database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT v.payload FROM ledger l JOIN queue_event v ON v.seq=l.seq JOIN queue_function f ON f.number=l.function
            WHERE l.id=$id AND f.account_id=$account
            """;
        return command.With("$id", id).With("$account", accountId).ExecuteScalar() as byte[];
    });

    public IReadOnlyList<LedgerEntry> List(LedgerQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var running = leased();
        return database.Read(connection => new LedgerSearch(connection, query, [.. running.Keys]).Run(Select, row => Read(row, running)));
    }

    public async Task<int> ExpireAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var total = 0;
        for (long? after = 0; after is { } from;)
        {
            (var expired, after) = await ExpireAsync(before, from, cancellationToken);
            total += expired;
        }

        return total;
    }

    /// <summary>One batch behind <paramref name="after"/>: no transaction is long.</summary>
    /// <returns>Where the next one begins; null: rows lie in the order of their enqueueing, and what follows is too young.</returns>
    private Task<(int Expired, long? After)> ExpireAsync(DateTimeOffset before, long after, CancellationToken cancellationToken) => database.WriteAsync(
        write =>
        {
            var beforeMs = before.ToUnixTimeMilliseconds();
            var expired = new List<long>(ExpireBatch);
            var (seen, last, isYoung) = (0, after, false);
            using (var row = write.Prepared("SELECT seq, state, accepted_ms, enqueued_ms FROM ledger WHERE seq>$after ORDER BY seq LIMIT $batch")
                .With("$after", after).With("$batch", ExpireBatch).ExecuteReader())
            {
                while (row.Read())
                {
                    (seen, last, isYoung) = (seen + 1, row.GetInt64(0), row.GetInt64(3) >= beforeMs);
                    if (row.GetInt32(1) >= QueueSchema.Succeeded && row.GetInt64(2) < beforeMs)
                    {
                        expired.Add(last);
                    }
                }
            }

            foreach (var seq in expired)
            {
                write.Prepared("DELETE FROM queue_event WHERE seq=$seq").With("$seq", seq).ExecuteNonQuery();
                write.Prepared("DELETE FROM ledger WHERE seq=$seq").With("$seq", seq).ExecuteNonQuery();
            }

            return (expired.Count, seen < ExpireBatch || isYoung ? null : (long?)last);
        },
        cancellationToken);

    private static LedgerEntry Read(SqliteDataReader row, IReadOnlyDictionary<long, long> running)
    {
        var since = running.TryGetValue(row.GetInt64(27), out var ms) ? ms : (long?)null;
        var state = StateOf(row, since is not null);
        return new LedgerEntry
        {
            Id = row.GetString(0),
            Number = row.GetInt64(27),
            AccountId = row.GetString(1),
            FunctionName = row.GetString(2),
            Qualifier = Text(row, 3),
            State = state,
            Attempts = row.GetInt32(5),
            Source = new InvocationSource(row.GetString(6), Text(row, 7), Text(row, 8), Text(row, 9), Text(row, 10)),
            LineageDepth = row.GetInt32(11),
            AcceptedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(12)),
            EnqueuedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(13)),
            StartedAt = since is { } start ? DateTimeOffset.FromUnixTimeMilliseconds(start) : Time(row, 14),
            FinishedAt = state == InvocationState.Running ? null : Time(row, 15),
            DueAt = state is InvocationState.Queued or InvocationState.Failed ? Time(row, 26) : null,
            Start = row.IsDBNull(16) ? null : (SandboxStart)row.GetInt32(16),
            StartDuration = TimeSpan.FromMicroseconds(row.GetInt64(17)),
            InitDuration = TimeSpan.FromMicroseconds(row.GetInt64(18)),
            Duration = TimeSpan.FromMicroseconds(row.GetInt64(19)),
            MaxMemoryUsedMiB = row.GetInt32(20),
            SandboxId = Text(row, 21),
            Reason = Text(row, 22),
            Error = row.IsDBNull(23) ? default : row.GetFieldValue<byte[]>(23),
            LogTail = row.IsDBNull(24) ? default : row.GetFieldValue<byte[]>(24),
        };
    }

    private static InvocationState StateOf(SqliteDataReader row, bool isRunning) => row.GetInt32(4) switch
    {
        QueueSchema.Succeeded => InvocationState.Succeeded,
        QueueSchema.Dead => InvocationState.Dead,
        _ when isRunning => InvocationState.Running,
        _ => row.GetInt32(25) > 0 ? InvocationState.Failed : InvocationState.Queued,
    };

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset? Time(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));
}
