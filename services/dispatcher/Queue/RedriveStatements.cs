using Glue.Dispatcher.Fairness;
using Glue.Foundation.Sqlite;

namespace Glue.Dispatcher.Queue;

/// <summary>What redriving a dead letter writes. Its event was kept; its ledger row lives on, with the attempts it had.</summary>
internal static class RedriveStatements
{
    public static (FunctionKey Function, QueueHead? Head)? Apply(SqliteWrite write, string accountId, string id, long nowMs)
    {
        long seq;
        string function;
        string? orderKey;
        using (var row = write.Prepared(
                   """
                   UPDATE ledger SET state=0, reason=NULL, finished_ms=NULL, accepted_ms=$now WHERE id=$id AND account_id=$account AND state=2
                   RETURNING seq, function_name, CASE WHEN bucket IS NULL THEN NULL ELSE bucket || '/' || object_key END
                   """)
               .With("$now", nowMs).With("$id", id).With("$account", accountId).ExecuteReader())
        {
            if (!row.Read())
            {
                return null;
            }

            (seq, function, orderKey) = (row.GetInt64(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2));
        }

        var isHeld = orderKey is not null && EnqueueStatements.IsHeld(write, accountId, function, orderKey);
        EnqueueStatements.AddEntry(write, seq, accountId, function, orderKey, isHeld, nowMs);
        return (new FunctionKey(accountId, function), isHeld ? null : new QueueHead(seq, nowMs, orderKey, 0, 0));
    }
}
