using Glue.Contracts.Invocations;
using Glue.Foundation.Sqlite;

namespace Glue.Dispatcher.Queue;

/// <summary>What adding an invocation writes.</summary>
internal static class EnqueueStatements
{
    private const string AddRow =
        """
        INSERT INTO ledger(seq, function, state, due_ms, order_hash, object_hash, id, order_key, qualifier, source_kind, rule_id, bucket, object_key,
                           sequencer, lineage_depth, trace_parent, accepted_ms, enqueued_ms)
        VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?4)
        ON CONFLICT(id) DO NOTHING
        """;

    /// <param name="write">The change.</param>
    /// <param name="seq">The number it gets if it is new.</param>
    /// <param name="function">Its function's number.</param>
    /// <param name="invocation">The invocation.</param>
    /// <param name="nowMs">The time.</param>
    public static AddedEntry Add(SqliteWrite write, long seq, long function, Invocation invocation, long nowMs)
    {
        var source = invocation.Source;
        var order = KeyHash.OfAny(invocation.OrderKey);
        var item = source is { Bucket: { } bucket, ObjectKey: { } key } ? KeyHash.OfObject(bucket, key) : (long?)null;
        var isHeld = order is { } hash && IsHeld(write, function, hash);
        var added = write.Statements[AddRow]
            .With(seq).With(function).With(isHeld ? QueueSchema.Held : QueueSchema.Ready).With(nowMs).With(order).With(item)
            .With(invocation.Id).With(invocation.OrderKey).With(invocation.Qualifier)
            .With(source.Kind).With(source.RuleId).With(source.Bucket).With(source.ObjectKey).With(source.Sequencer)
            .With(invocation.LineageDepth).With(invocation.TraceParent).With(invocation.AcceptedAt.ToUnixTimeMilliseconds()).Run();
        if (added == 0)
        {
            return default;
        }

        write.Statements["INSERT INTO queue_event(seq, payload) VALUES(?, ?)"].With(seq).With(invocation.Payload.Span).Run();
        return new AddedEntry(IsNew: true, seq, !isHeld);
    }

    /// <summary>One before it has not run yet, or is held itself; one that failed holds nobody (while it runs again, memory does).</summary>
    public static bool IsHeld(SqliteWrite write, long function, long orderHash)
    {
        using var row = write.Statements["SELECT 1 FROM ledger WHERE state<2 AND function=? AND order_hash=? AND retrying=0 LIMIT 1"]
            .With(function).With(orderHash).Query();
        return row.Read();
    }
}
