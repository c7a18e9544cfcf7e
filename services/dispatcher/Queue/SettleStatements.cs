using Glue.Contracts.Invocations;
using Glue.Dispatcher.Ledger;
using Glue.Foundation.Sqlite;

namespace Glue.Dispatcher.Queue;

/// <summary>What settling writes: the row, its event, and who comes next of its order key.</summary>
/// <remarks>
/// Of one order key two entries at most are ready: one that has not run yet, and one that failed and waits for its retry. All others are held, so
/// a key whose every event fails cannot fill the front of its function's queue.
/// </remarks>
internal static class SettleStatements
{
    private const string Succeed =
        """
        UPDATE ledger SET state=2, attempts=attempts+1, started_ms=?, finished_ms=?, start_kind=?, start_us=?, init_us=?, duration_us=?,
          max_memory_mib=?, sandbox_id=?, reason=NULL WHERE seq=?
        """;

    private const string AddAttempt =
        """
        UPDATE ledger SET attempts=attempts+1, started_ms=?, finished_ms=?, start_kind=?, start_us=?, init_us=?, duration_us=?,
          max_memory_mib=?, sandbox_id=?, error=?, log_tail=? WHERE seq=?
        """;

    /// <param name="write">The change.</param>
    /// <param name="function">The function's number.</param>
    /// <param name="head">The entry as it was leased.</param>
    /// <param name="settlement">What became of it.</param>
    /// <param name="nowMs">The time.</param>
    public static SettledEntry Apply(SqliteWrite write, long function, QueueHead head, Settlement settlement, long nowMs)
    {
        var seq = head.Entry;
        switch (settlement.Kind)
        {
            case SettlementKind.Done:
                Changed(seq, settlement.Attempt is { } attempt
                    ? Report(write.Statements[Succeed], attempt).With(seq).Run()
                    : write.Statements["UPDATE ledger SET state=2, reason=?, finished_ms=? WHERE seq=?"].With(settlement.Reason).With(nowMs).With(seq).Run());

                // A dead letter keeps its event.
                write.Statements["DELETE FROM queue_event WHERE seq=?"].With(seq).Run();
                return Next(write, function, head, own: null, nowMs);

            case SettlementKind.DeadLetter:
                Fail(write, seq, settlement.Attempt);
                Changed(seq, write.Statements["UPDATE ledger SET state=3, reason=?, finished_ms=? WHERE seq=?"]
                    .With(settlement.Reason).With(settlement.Attempt?.FinishedAt.ToUnixTimeMilliseconds() ?? nowMs).With(seq).Run());
                return Next(write, function, head, own: null, nowMs);

            case SettlementKind.Retry:
                Fail(write, seq, settlement.Attempt);
                return Next(write, function, head, Retry(write, function, head, settlement.DueAt.ToUnixTimeMilliseconds()), nowMs);

            case SettlementKind.Postpone:
                Fail(write, seq, settlement.Attempt);
                var due = settlement.DueAt.ToUnixTimeMilliseconds();
                Changed(seq, write.Statements["UPDATE ledger SET due_ms=?, postponements=postponements+1, reason=? WHERE seq=?"]
                    .With(due).With(settlement.Reason).With(seq).Run());
                return new SettledEntry([head with { Kept = null, DueMs = due, Postponements = head.Postponements + 1 }]);

            case SettlementKind.Release:
                return new SettledEntry([head with { Kept = null }]); // leases are not on disk: it is ready there

            default:
                throw new ArgumentOutOfRangeException(nameof(settlement), settlement.Kind, "unknown settlement");
        }
    }

    /// <returns>Null: it is held behind another of its key that failed.</returns>
    private static QueueHead? Retry(SqliteWrite write, long function, QueueHead head, long dueMs)
    {
        var isHeld = head.OrderKey is { } key && IsRetryReady(write, function, KeyHash.Of(key), head.Entry);
        Changed(head.Entry, write.Statements[
                "UPDATE ledger SET state=?, due_ms=?, retrying=1, function_errors=function_errors+1, postponements=0, reason=NULL WHERE seq=?"]
            .With(isHeld ? QueueSchema.Held : QueueSchema.Ready).With(dueMs).With(head.Entry).Run());
        return isHeld ? null : head with { Kept = null, DueMs = dueMs, FunctionErrors = head.FunctionErrors + 1, Postponements = 0 };
    }

    private static bool IsRetryReady(SqliteWrite write, long function, long orderHash, long except)
    {
        using var row = write.Statements["SELECT 1 FROM ledger WHERE state<2 AND function=? AND order_hash=? AND retrying=1 AND state=0 AND seq<>? LIMIT 1"]
            .With(function).With(orderHash).With(except).Query();
        return row.Read();
    }

    private static void Fail(SqliteWrite write, long seq, AttemptReport? attempt)
    {
        if (attempt is not { Outcome: var outcome })
        {
            return;
        }

        Report(write.Statements[AddAttempt], attempt).With(outcome.Payload.Span).With(outcome.LogTail.Span).With(seq).Run();
    }

    private static SqliteStatement Report(SqliteStatement statement, AttemptReport attempt)
    {
        var outcome = attempt.Outcome;
        return statement
            .With(attempt.StartedAt.ToUnixTimeMilliseconds()).With(attempt.FinishedAt.ToUnixTimeMilliseconds()).With((int)outcome.Start)
            .With(Microseconds(outcome.StartDuration)).With(Microseconds(outcome.InitDuration)).With(Microseconds(outcome.Duration))
            .With(outcome.MaxMemoryUsedMiB).With(outcome.SandboxId);
    }

    private static SettledEntry Next(SqliteWrite write, long function, QueueHead head, QueueHead? own, long nowMs)
    {
        var ready = new List<QueueHead>(1);
        if (own is not null)
        {
            ready.Add(own);
        }

        if (head.OrderKey is { } key)
        {
            var hash = KeyHash.Of(key);
            Promote(write, function, key, hash, retrying: 0, nowMs, ready);
            Promote(write, function, key, hash, retrying: 1, nowMs, ready);
        }

        return ready.Count == 0 ? SettledEntry.Nothing : new SettledEntry(ready);
    }

    /// <summary>Lets the first held entry of the key go, of those that failed or of those that did not, unless one of them is ready already.</summary>
    private static void Promote(SqliteWrite write, long function, string key, long hash, int retrying, long nowMs, List<QueueHead> ready)
    {
        QueueHead next;

        // Ready ones come before held ones: whoever is first says whether there is anything to do.
        using (var row = write.Statements[
                   """
                   SELECT seq, due_ms, order_key, function_errors, postponements, state FROM ledger
                   WHERE state<2 AND function=? AND order_hash=? AND retrying=? ORDER BY state, seq LIMIT 1
                   """].With(function).With(hash).With(retrying).Query())
        {
            if (!row.Read() || row.Int32(5) == QueueSchema.Ready)
            {
                return;
            }

            next = new QueueHead(row.Int64(0), Math.Max(row.Int64(1), nowMs), row.TextOrNull(2) ?? key, row.Int32(3), row.Int32(4));
        }

        write.Statements["UPDATE ledger SET state=0, due_ms=? WHERE seq=?"].With(next.DueMs).With(next.Entry).Run();
        ready.Add(next);
    }

    private static void Changed(long seq, int rows)
    {
        if (rows == 0)
        {
            throw new InvalidOperationException($"Entry {seq} of queue.db vanished while it was leased: was the file changed by somebody else?");
        }
    }

    private static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;
}
