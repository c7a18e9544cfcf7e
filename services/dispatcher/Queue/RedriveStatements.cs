using Glue.Dispatcher.Fairness;
using Glue.Foundation.Sqlite;

namespace Glue.Dispatcher.Queue;

/// <summary>What redriving a dead letter writes. Its event was kept; its row lives on, with the attempts it had.</summary>
internal static class RedriveStatements
{
    public static (FunctionKey Function, QueueHead? Head)? Apply(SqliteWrite write, string accountId, string id, long nowMs)
    {
        long seq, number;
        long? order;
        string function;
        string? qualifier, orderKey;
        using (var row = write.Statements[
                   """
                   SELECT l.seq, l.function, f.name, l.order_key, l.order_hash, nullif(f.qualifier, '') FROM ledger l JOIN queue_function f ON f.number=l.function
                   WHERE l.id=? AND f.account_id=? AND l.state=3
                   """].With(id).With(accountId).Query())
        {
            if (!row.Read())
            {
                return null;
            }

            (seq, number, function, orderKey, qualifier) = (row.Int64(0), row.Int64(1), row.Text(2), row.TextOrNull(3), row.TextOrNull(5));
            order = row.IsNull(4) ? null : row.Int64(4);
        }

        var isHeld = order is { } hash && EnqueueStatements.IsHeld(write, number, hash);
        write.Statements[
                """
                UPDATE ledger SET state=?1, due_ms=?2, accepted_ms=?2, retrying=0, function_errors=0, postponements=0, reason=NULL, finished_ms=NULL WHERE seq=?3
                """]
            .With(isHeld ? QueueSchema.Held : QueueSchema.Ready).With(nowMs).With(seq).Run();
        return (new FunctionKey(accountId, function, qualifier), isHeld ? null : new QueueHead(seq, nowMs, orderKey, 0, 0));
    }
}
