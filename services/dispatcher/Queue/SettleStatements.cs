using Glue.Contracts.Invocations;
using Glue.Dispatcher.Ledger;
using Glue.Foundation.Sqlite;
using Microsoft.Data.Sqlite;

namespace Glue.Dispatcher.Queue;

/// <summary>What settling writes: the entry, its event, its ledger row, and who comes next of its order key.</summary>
/// <remarks>
/// Of one order key two entries at most are ready: one that has not run yet, and one that failed and waits for its retry. All others are held, so
/// a key whose every event fails cannot fill the front of its function's queue.
/// </remarks>
internal static class SettleStatements
{
    private const string Returning =
        " WHERE seq=$seq RETURNING account_id, function_name, order_key, state, due_ms, function_errors, postponements";

    public static SettledEntry Apply(SqliteWrite write, Settlement settlement, long nowMs)
    {
        var seq = settlement.Lease.Entry;
        var ready = new List<QueueHead>(1);
        string account, function;
        string? orderKey;
        using (var row = Move(write, settlement).With("$seq", seq).ExecuteReader())
        {
            if (!row.Read())
            {
                throw new InvalidOperationException($"Entry {seq} of queue.db vanished while it was leased: was the file changed by somebody else?");
            }

            (account, function, orderKey) = (row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2));
            if (settlement.Kind is not (SettlementKind.Done or SettlementKind.DeadLetter) && row.GetInt32(3) == QueueSchema.Ready)
            {
                ready.Add(new QueueHead(seq, row.GetInt64(4), orderKey, row.GetInt32(5), row.GetInt32(6)));
            }
        }

        if (settlement.Kind == SettlementKind.Done) // a dead letter keeps its event
        {
            write.Prepared("DELETE FROM queue_event WHERE seq=$seq").With("$seq", seq).ExecuteNonQuery();
        }

        WriteLedger(write, settlement, nowMs);
        if (orderKey is not null && settlement.Kind is SettlementKind.Done or SettlementKind.DeadLetter or SettlementKind.Retry)
        {
            Promote(write, account, function, orderKey, retrying: 0, nowMs, ready);
            Promote(write, account, function, orderKey, retrying: 1, nowMs, ready);
        }

        return new SettledEntry(ready);
    }

    /// <summary>What changes the entry, and returns whose it is and how it stands.</summary>
    private static SqliteCommand Move(SqliteWrite write, Settlement settlement) => settlement.Kind switch
    {
        SettlementKind.Done or SettlementKind.DeadLetter => write.Prepared("DELETE FROM queue_entry" + Returning),
        SettlementKind.Retry => write.Prepared(
                """
                UPDATE queue_entry AS e SET due_ms=$due, retrying=1, function_errors=function_errors+1, postponements=0,
                  state=CASE WHEN e.order_key IS NOT NULL AND EXISTS(SELECT 1 FROM queue_entry o WHERE o.account_id=e.account_id
                    AND o.function_name=e.function_name AND o.order_key=e.order_key AND o.state=0 AND o.retrying=1 AND o.seq<>e.seq) THEN 2 ELSE 0 END
                """ + Returning)
            .With("$due", settlement.DueAt.ToUnixTimeMilliseconds()),
        SettlementKind.Postpone => write.Prepared("UPDATE queue_entry SET due_ms=$due, postponements=postponements+1" + Returning)
            .With("$due", settlement.DueAt.ToUnixTimeMilliseconds()),
        SettlementKind.Release => write.Prepared("UPDATE queue_entry SET state=0" + Returning),
        _ => throw new ArgumentOutOfRangeException(nameof(settlement), settlement.Kind, "unknown settlement"),
    };

    private static void WriteLedger(SqliteWrite write, Settlement settlement, long nowMs)
    {
        var seq = settlement.Lease.Entry;
        if (settlement.Attempt is { } attempt)
        {
            WriteAttempt(write, seq, attempt);
        }

        var state = settlement.Kind switch
        {
            SettlementKind.Done => QueueSchema.Succeeded,
            SettlementKind.DeadLetter => QueueSchema.Dead,
            _ => QueueSchema.Open,
        };
        if (state != QueueSchema.Open)
        {
            write.Prepared("UPDATE ledger SET state=$state, reason=$reason, finished_ms=coalesce($finished, $now) WHERE seq=$seq")
                .With("$state", state).With("$reason", settlement.Reason)
                .With("$finished", settlement.Attempt?.FinishedAt.ToUnixTimeMilliseconds()).With("$now", nowMs).With("$seq", seq).ExecuteNonQuery();
        }
        else if (settlement.Kind != SettlementKind.Release)
        {
            write.Prepared("UPDATE ledger SET reason=$reason WHERE seq=$seq")
                .With("$reason", settlement.Reason).With("$seq", seq).ExecuteNonQuery();
        }
    }

    private static void WriteAttempt(SqliteWrite write, long seq, AttemptReport attempt)
    {
        var outcome = attempt.Outcome;
        var failed = outcome.Status != InvokeStatus.Succeeded;
        write.Prepared(
                """
                UPDATE ledger SET attempts=attempts+1, started_ms=$started, finished_ms=$finished, start_kind=$kind, start_us=$start,
                  init_us=$init, duration_us=$duration, max_memory_mib=$memory, sandbox_id=$sandbox,
                  error=coalesce($error, error), log_tail=coalesce($log, log_tail)
                WHERE seq=$seq
                """)
            .With("$started", attempt.StartedAt.ToUnixTimeMilliseconds()).With("$finished", attempt.FinishedAt.ToUnixTimeMilliseconds())
            .With("$kind", (int)outcome.Start).With("$start", Microseconds(outcome.StartDuration)).With("$init", Microseconds(outcome.InitDuration))
            .With("$duration", Microseconds(outcome.Duration)).With("$memory", outcome.MaxMemoryUsedMiB).With("$sandbox", outcome.SandboxId)
            .With("$error", failed ? outcome.Payload.ToArray() : null).With("$log", failed ? outcome.LogTail.ToArray() : null)
            .With("$seq", seq).ExecuteNonQuery();
    }

    /// <summary>Lets the first held entry of the key go, of those that failed or of those that did not, unless one of them is ready already.</summary>
    private static void Promote(
        SqliteWrite write, string account, string function, string orderKey, int retrying, long nowMs, List<QueueHead> ready)
    {
        using var row = write.Prepared(
                """
                UPDATE queue_entry SET state=0, due_ms=max(due_ms, $now)
                WHERE seq=(SELECT seq FROM queue_entry WHERE account_id=$account AND function_name=$function AND order_key=$key
                           AND state=2 AND retrying=$retrying ORDER BY seq LIMIT 1)
                  AND NOT EXISTS(SELECT 1 FROM queue_entry WHERE account_id=$account AND function_name=$function AND order_key=$key
                           AND state=0 AND retrying=$retrying)
                RETURNING seq, due_ms, function_errors, postponements
                """)
            .With("$now", nowMs).With("$account", account).With("$function", function).With("$key", orderKey).With("$retrying", retrying)
            .ExecuteReader();
        if (row.Read())
        {
            ready.Add(new QueueHead(row.GetInt64(0), row.GetInt64(1), orderKey, row.GetInt32(2), row.GetInt32(3)));
        }
    }

    private static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;
}
