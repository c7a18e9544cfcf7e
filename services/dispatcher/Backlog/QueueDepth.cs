using Glue.Foundation.Sqlite;

namespace Glue.Dispatcher.Backlog;

/// <summary>What waits or runs of one account.</summary>
/// <param name="Invocations">How many.</param>
/// <param name="OldestMs">When the oldest was accepted, milliseconds since 1970.</param>
internal sealed record QueueDepth(long Invocations, long OldestMs)
{
    private const string Counted =
        """
        SELECT f.account_id,
          sum((SELECT count(*) FROM ledger INDEXED BY queue_due WHERE state=0 AND function=f.number)
            + (SELECT count(*) FROM ledger INDEXED BY queue_key WHERE state<2 AND order_hash IS NOT NULL AND state=1 AND function=f.number)) AS waiting,
          min(min(
            coalesce((SELECT accepted_ms FROM ledger INDEXED BY queue_due WHERE state=0 AND function=f.number ORDER BY due_ms, seq LIMIT 1), 9223372036854775807),
            coalesce((SELECT accepted_ms FROM ledger INDEXED BY queue_late WHERE state < 2 AND (state = 1 OR due_ms > accepted_ms + 2000) AND function=f.number
              ORDER BY accepted_ms, seq LIMIT 1), 9223372036854775807)))
        FROM queue_function f GROUP BY f.account_id HAVING waiting > 0
        """;

    /// <summary>Of every account that has anything. Reads the partial indexes of what waits, from end to end: a second for ten million.</summary>
    public static Dictionary<string, QueueDepth> ReadAll(SqliteStatements statements)
    {
        var depths = new Dictionary<string, QueueDepth>(StringComparer.Ordinal);
        using var row = statements[Counted].Query();
        while (row.Read())
        {
            depths[row.Text(0)] = new QueueDepth(row.Int64(1), row.Int64(2));
        }

        return depths;
    }
}
