using Glue.Foundation.Sqlite;

namespace Glue.Dispatcher.Queue;

/// <summary>Finds the oldest entries of a function. Each order has a partial index of what waits, so neither looks at what is younger or settled.</summary>
internal static class OldStatements
{
    private const string ByDue =
        """
        FROM ledger INDEXED BY queue_due WHERE state=0 AND function=?1 AND due_ms<?2 AND (due_ms, seq) > (?3, ?4) ORDER BY due_ms, seq LIMIT ?5
        """;

    private const string ByAge =
        """
        FROM ledger INDEXED BY queue_late WHERE state < 2 AND (state = 1 OR due_ms > accepted_ms + 2000)
          AND function=?1 AND accepted_ms<?2 AND (accepted_ms, seq) > (?3, ?4) ORDER BY accepted_ms, seq LIMIT ?5
        """;

    public static bool Any(SqliteStatements statements, long function, OldOrder order, long beforeMs, QueuePlace behind)
    {
        using var row = Bound(statements["SELECT 1 " + Sql(order)], function, beforeMs, behind, 1).Query();
        return row.Read();
    }

    public static IReadOnlyList<OldEntry> Find(SqliteStatements statements, long function, OldOrder order, long beforeMs, QueuePlace behind, int count)
    {
        var found = new List<OldEntry>();
        using var row = Bound(
            statements["SELECT seq, due_ms, order_key, function_errors, postponements, qualifier, accepted_ms " + Sql(order)], function, beforeMs, behind, count).Query();
        while (row.Read())
        {
            var head = new QueueHead(row.Int64(0), row.Int64(1), row.TextOrNull(2), row.Int32(3), row.Int32(4));
            var acceptedMs = row.Int64(6);
            found.Add(new OldEntry(
                head, order == OldOrder.ByDue ? head.Place : new QueuePlace(acceptedMs, head.Entry), row.TextOrNull(5), acceptedMs));
        }

        return found;
    }

    private static string Sql(OldOrder order) => order == OldOrder.ByDue ? ByDue : ByAge;

    private static SqliteStatement Bound(SqliteStatement statement, long function, long beforeMs, QueuePlace behind, int count) =>
        statement.With(function).With(beforeMs).With(behind.DueMs).With(behind.Entry).With(count);
}
