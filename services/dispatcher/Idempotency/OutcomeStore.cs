using Glue.Foundation.Sqlite;

namespace Glue.Dispatcher.Idempotency;

/// <summary>Kept outcomes, in queue.db: a queued invocation's is written by the transaction that settles it, so there is never the one without the other.</summary>
internal sealed class OutcomeStore : IKeptOutcomes
{
    private const int ExpireBatch = 500;

    private static readonly string[] Schema =
    [
        """
        CREATE TABLE kept_outcome(key TEXT PRIMARY KEY, request_id TEXT NOT NULL, payload BLOB NOT NULL, expires_ms INTEGER NOT NULL);
        CREATE INDEX kept_outcome_expiry ON kept_outcome(expires_ms);
        """,
    ];

    private readonly SqliteDatabase _database;
    private readonly TimeProvider _time;

    public OutcomeStore(SqliteDatabase database, TimeProvider time)
    {
        (_database, _time) = (database, time);
        database.Migrate("dispatcher.idempotency", Schema);
    }

    public KeptOutcome? Find(IdempotencyKey key) => _database.Query(statements =>
    {
        using var row = statements["SELECT request_id, payload, expires_ms FROM kept_outcome WHERE key=? AND expires_ms>?"]
            .With(key.Text).With(_time.GetUtcNow().ToUnixTimeMilliseconds()).Query();
        return row.Read() ? new KeptOutcome(key.Text, row.Text(0), row.Blob(1).ToArray(), DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(2))) : null;
    });

    /// <summary>Of a synchronous invocation, which no settlement ends. Durable when it returns.</summary>
    public Task KeepAsync(KeptOutcome outcome) => _database.WriteAsync(write => Keep(write, outcome));

    /// <summary>As part of a larger change. An older one of the key has expired, or it would have been used.</summary>
    public static void Keep(SqliteWrite write, KeptOutcome outcome) =>
        write.Statements[
                "INSERT INTO kept_outcome VALUES(?, ?, ?, ?) ON CONFLICT DO UPDATE SET request_id=excluded.request_id, payload=excluded.payload, expires_ms=excluded.expires_ms"]
            .With(outcome.Key).With(outcome.RequestId).With(outcome.Payload.Span).With(outcome.ExpiresAt.ToUnixTimeMilliseconds()).Run();

    /// <returns>How many were forgotten, a bounded number per call.</returns>
    public Task<int> ExpireAsync(CancellationToken cancellationToken) => _database.WriteAsync(
        write => write.Statements["DELETE FROM kept_outcome WHERE key IN (SELECT key FROM kept_outcome WHERE expires_ms<=? ORDER BY expires_ms LIMIT ?)"]
            .With(_time.GetUtcNow().ToUnixTimeMilliseconds()).With(ExpireBatch).Run(),
        cancellationToken);
}
