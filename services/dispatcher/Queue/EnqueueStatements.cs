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

        var isHeld = invocation.OrderKey is { } key && IsHeld(write, invocation.AccountId, invocation.FunctionName, key);
        AddEntry(write, seq, invocation.AccountId, invocation.FunctionName, invocation.OrderKey, isHeld, nowMs);
        write.Prepared("INSERT INTO queue_event(seq, payload) VALUES($seq, $payload)")
            .With("$seq", seq).With("$payload", payload).ExecuteNonQuery();
        return new AddedEntry(IsNew: true, seq, !isHeld);
    }

    public static void AddEntry(SqliteWrite write, long seq, string account, string function, string? orderKey, bool isHeld, long nowMs) =>
        write.Prepared(
                """
                INSERT INTO queue_entry(seq, account_id, function_name, order_key, state, due_ms)
                VALUES($seq, $account, $function, $key, $state, $due)
                """)
            .With("$seq", seq).With("$account", account).With("$function", function).With("$key", orderKey)
            .With("$state", isHeld ? QueueSchema.Held : QueueSchema.Ready).With("$due", nowMs).ExecuteNonQuery();

    /// <summary>One before it has not run yet, or is held itself; one that failed holds nobody (while it runs again, memory does).</summary>
    public static bool IsHeld(SqliteWrite write, string account, string function, string orderKey) =>
        write.Prepared(
                """
                SELECT EXISTS(SELECT 1 FROM queue_entry
                WHERE account_id=$account AND function_name=$function AND order_key=$key AND retrying=0)
                """)
            .With("$account", account).With("$function", function).With("$key", orderKey).ExecuteScalar() is 1L;

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
}
