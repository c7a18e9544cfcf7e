using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using Glue.Contracts.Invocations;
using Glue.Foundation.Sqlite;

namespace Glue.Dispatcher.Backlog;

/// <summary>
/// Storage events of accounts whose queue is at its limit, one row each in queue.db: out of the queue, its ledger, its indexes and its memory.
/// </summary>
/// <remarks>
/// Why not leave them in the event log: a log is one sequence (or a few partitions) that all accounts share, so holding back one account's records means
/// holding back everybody's, or a reading position for each; and a log forgets by age, so what is held back long enough would be lost.
/// </remarks>
internal sealed class ParkedInvocations
{
    private static readonly string[] Schema =
    [
        """
        CREATE TABLE parked_invocation(seq INTEGER PRIMARY KEY AUTOINCREMENT, account_id TEXT NOT NULL, invocation BLOB NOT NULL);
        CREATE INDEX parked_by_account ON parked_invocation(account_id, seq);
        """,
    ];

    private readonly SqliteDatabase _database;
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public ParkedInvocations(SqliteDatabase database)
    {
        _database = database;
        database.Migrate("dispatcher.parked", Schema);
        database.Query(statements =>
        {
            using var row = statements["SELECT account_id, count(*) FROM parked_invocation GROUP BY account_id"].Query();
            while (row.Read())
            {
                _counts[row.Text(0)] = row.Int64(1);
            }

            return true;
        });
    }

    /// <summary>Accounts that have any.</summary>
    public IReadOnlyList<string> Accounts => [.. _counts.Where(static pair => pair.Value > 0).Select(static pair => pair.Key)];

    public long Of(string accountId) => _counts.GetValueOrDefault(accountId);

    /// <summary>Durable when it returns.</summary>
    public Task AddAsync(IReadOnlyList<Invocation> invocations, CancellationToken cancellationToken) => _database.WriteAsync(
        write =>
        {
            foreach (var invocation in invocations)
            {
                write.Statements["INSERT INTO parked_invocation(account_id, invocation) VALUES(?, ?)"].With(invocation.AccountId)
                    .With(JsonSerializer.SerializeToUtf8Bytes(invocation, ParkedJson.Default.Invocation)).Run();
                write.WhenCommitted(() => _counts.AddOrUpdate(invocation.AccountId, 1, static (_, count) => count + 1));
            }
        },
        cancellationToken);

    /// <summary>The account's first, in their order, and the number of the last of them.</summary>
    public (IReadOnlyList<Invocation> Invocations, long Last) First(string accountId, int count) => _database.Query(statements =>
    {
        var invocations = new List<Invocation>();
        var last = 0L;
        using var row = statements["SELECT seq, invocation FROM parked_invocation WHERE account_id=? ORDER BY seq LIMIT ?"].With(accountId).With(count).Query();
        while (row.Read())
        {
            last = row.Int64(0);
            invocations.Add(JsonSerializer.Deserialize(row.Blob(1), ParkedJson.Default.Invocation)!);
        }

        return ((IReadOnlyList<Invocation>)invocations, last);
    });

    /// <summary>Those up to <paramref name="last"/> are in the queue.</summary>
    public Task RemoveAsync(string accountId, long last, CancellationToken cancellationToken) => _database.WriteAsync(
        write =>
        {
            var removed = write.Statements["DELETE FROM parked_invocation WHERE account_id=? AND seq<=?"].With(accountId).With(last).Run();
            write.WhenCommitted(() => _counts.AddOrUpdate(accountId, 0, (_, count) => count - removed));
        },
        cancellationToken);
}

/// <summary>The stored document's shape. Persisted: a renamed property forgets what is on disk.</summary>
[JsonSerializable(typeof(Invocation))]
internal sealed partial class ParkedJson : JsonSerializerContext;
