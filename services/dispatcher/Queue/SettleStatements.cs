using Glue.Contracts.Invocations;
using Glue.Dispatcher.Ledger;
using Glue.Foundation.Sqlite;
using Microsoft.Data.Sqlite;

namespace Glue.Dispatcher.Queue;

/// <summary>What settling a lease writes: the entry, its event, its ledger row, and who comes next of its order key.</summary>
internal static class SettleStatements
{
    private const string IfHeld = " WHERE seq=$seq AND lease=$lease AND state=1 RETURNING account_id, function_name, order_key";

    /// <returns>False: the lease is no longer held; nothing was changed.</returns>
    public static bool Apply(SqliteWrite write, Settlement settlement, long nowMs)
    {
        var seq = settlement.Lease.Entry;
        string account, function;
        string? orderKey;
        using (var row = Move(write, settlement).With("$seq", seq).With("$lease", settlement.Lease.Token).ExecuteReader())
        {
            if (!row.Read())
            {
                return false;
            }

            (account, function, orderKey) = (row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2));
        }

        if (settlement.Kind == SettlementKind.Done) // a dead letter keeps its event
        {
            write.Prepared("DELETE FROM queue_event WHERE seq=$seq").With("$seq", seq).ExecuteNonQuery();
        }

        WriteLedger(write, settlement, nowMs);
        if (orderKey is not null && settlement.Kind is SettlementKind.Done or SettlementKind.DeadLetter or SettlementKind.Retry)
        {
            PromoteNext(write, account, function, orderKey, nowMs);
        }

        return true;
    }

    /// <summary>What changes the entry if the lease is still held, and returns whose it is.</summary>
    private static SqliteCommand Move(SqliteWrite write, Settlement settlement) => settlement.Kind switch
    {
        SettlementKind.Done or SettlementKind.DeadLetter => write.Prepared("DELETE FROM queue_entry" + IfHeld),
        SettlementKind.Retry => write.Prepared(
                "UPDATE queue_entry SET state=0, due_ms=$due, leased_until_ms=NULL, retrying=1, function_errors=function_errors+1, postponements=0" + IfHeld)
            .With("$due", settlement.DueAt.ToUnixTimeMilliseconds()),
        SettlementKind.Postpone => write.Prepared(
                "UPDATE queue_entry SET state=0, due_ms=$due, leased_until_ms=NULL, postponements=postponements+1" + IfHeld)
            .With("$due", settlement.DueAt.ToUnixTimeMilliseconds()),
        SettlementKind.Release => write.Prepared("UPDATE queue_entry SET state=0, leased_until_ms=NULL" + IfHeld),
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

    /// <summary>Lets the first held entry of the key go, unless another one still stands before it.</summary>
    private static void PromoteNext(SqliteWrite write, string account, string function, string orderKey, long nowMs) =>
        write.Prepared(
                """
                UPDATE queue_entry SET state=0, due_ms=max(due_ms, $now)
                WHERE seq=(SELECT seq FROM queue_entry WHERE account_id=$account AND function_name=$function AND order_key=$key
                           AND state=2 ORDER BY seq LIMIT 1)
                  AND NOT EXISTS(SELECT 1 FROM queue_entry WHERE account_id=$account AND function_name=$function AND order_key=$key
                           AND (state=1 OR (state=0 AND retrying=0)))
                """)
            .With("$now", nowMs).With("$account", account).With("$function", function).With("$key", orderKey).ExecuteNonQuery();

    private static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;
}
