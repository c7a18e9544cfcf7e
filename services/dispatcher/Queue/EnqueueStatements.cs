using Glue.Contracts.Invocations;
using Glue.Foundation.Sqlite;

namespace Glue.Dispatcher.Queue;

/// <summary>What adding an invocation writes.</summary>
internal static class EnqueueStatements
{
    public static AddedEntry Add(SqliteWrite write, Invocation invocation, byte[] payload, long nowMs)
    {
        if (AddToLedger(write, invocation, nowMs) is not { } seq)
        {
            return default;
        }

        var isHeld = IsHeld(write, invocation);
        write.Prepared(
                """
                INSERT INTO queue_entry(seq, account_id, function_name, order_key, state, due_ms)
                VALUES($seq, $account, $function, $key, $state, $due)
                """)
            .With("$seq", seq).With("$account", invocation.AccountId).With("$function", invocation.FunctionName)
            .With("$key", invocation.OrderKey).With("$state", isHeld ? QueueSchema.Held : QueueSchema.Ready)
            .With("$due", nowMs).ExecuteNonQuery();
        write.Prepared("INSERT INTO queue_event(seq, payload) VALUES($seq, $payload)")
            .With("$seq", seq).With("$payload", payload).ExecuteNonQuery();
        return new AddedEntry(IsNew: true, seq, !isHeld);
    }

    private static long? AddToLedger(SqliteWrite write, Invocation invocation, long nowMs)
    {
        var source = invocation.Source;
        return (long?)write.Prepared(
                """
                INSERT INTO ledger(id, account_id, function_name, qualifier, source_kind, rule_id, bucket, object_key, sequencer,
                                   lineage_depth, trace_parent, accepted_ms, enqueued_ms, state)
                VALUES($id, $account, $function, $qualifier, $kind, $rule, $bucket, $object, $sequencer,
                       $lineage, $trace, $accepted, $now, 0)
                ON CONFLICT(id) DO NOTHING RETURNING seq
                """)
            .With("$id", invocation.Id).With("$account", invocation.AccountId).With("$function", invocation.FunctionName)
            .With("$qualifier", invocation.Qualifier).With("$kind", source.Kind).With("$rule", source.RuleId)
            .With("$bucket", source.Bucket).With("$object", source.ObjectKey).With("$sequencer", source.Sequencer)
            .With("$lineage", invocation.LineageDepth).With("$trace", invocation.TraceParent)
            .With("$accepted", invocation.AcceptedAt.ToUnixTimeMilliseconds()).With("$now", nowMs).ExecuteScalar();
    }

    /// <summary>One before it has not run yet, or is held itself; one that failed holds nobody (while it runs again, memory does).</summary>
    private static bool IsHeld(SqliteWrite write, Invocation invocation) =>
        invocation.OrderKey is not null &&
        write.Prepared(
                """
                SELECT EXISTS(SELECT 1 FROM queue_entry
                WHERE account_id=$account AND function_name=$function AND order_key=$key AND retrying=0)
                """)
            .With("$account", invocation.AccountId).With("$function", invocation.FunctionName).With("$key", invocation.OrderKey)
            .ExecuteScalar() is 1L;
}
