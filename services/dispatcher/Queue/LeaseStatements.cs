using System.Runtime.InteropServices;
using Glue.Contracts.Invocations;
using Glue.Foundation.Sqlite;
using Microsoft.Data.Sqlite;

namespace Glue.Dispatcher.Queue;

/// <summary>
/// Chooses and leases due entries. Functions take turns: each call goes on behind the function that was served last, and shares
/// its batch among those that have something due, so that one function's backlog delays itself and not its neighbours.
/// Runs on the database's writer thread only.
/// </summary>
internal sealed class LeaseStatements
{
    private static readonly FunctionKey Start = new("", "");

    private FunctionKey _lastServed = Start;

    /// <returns>What was leased, and when the next entry not leased here is due (<see cref="long.MaxValue"/>: none known).</returns>
    public (IReadOnlyList<LeasedInvocation> Leased, long NextDueMs) Take(SqliteWrite write, int max, long nowMs, TimeSpan leaseTime)
    {
        write.Prepared("UPDATE queue_entry SET state=0, lease=lease+1, leased_until_ms=NULL WHERE state=1 AND leased_until_ms<=$now")
            .With("$now", nowMs).ExecuteNonQuery();

        var turns = FunctionsInTurn(write, max, nowMs, out var nextDueMs);
        var leased = new List<LeasedInvocation>(max);
        while (turns.Count > 0 && leased.Count < max)
        {
            var share = Math.Max(1, (max - leased.Count) / turns.Count);
            var stillDue = new List<FunctionKey>(turns.Count);
            foreach (var function in turns)
            {
                var wanted = Math.Min(share, max - leased.Count);
                if (wanted == 0)
                {
                    break;
                }

                var taken = TakeOf(write, function, wanted, nowMs, nowMs + (long)leaseTime.TotalMilliseconds, leased);
                _lastServed = function;
                if (taken == wanted)
                {
                    stillDue.Add(function);
                }
            }

            turns = stillDue;
        }

        return (leased, nextDueMs);
    }

    private List<FunctionKey> FunctionsInTurn(SqliteWrite write, int max, long nowMs, out long nextDueMs)
    {
        nextDueMs = long.MaxValue;
        var turns = new List<FunctionKey>();
        var at = _lastServed;
        var wrapped = at == Start;
        while (turns.Count < max)
        {
            var next = Next(write, at, out var dueMs);
            if (next is null && !wrapped)
            {
                wrapped = true;
                at = Start;
                continue;
            }

            if (next is not { } function || (wrapped && _lastServed != Start && function.IsAfter(_lastServed)))
            {
                break; // once around
            }

            at = function;
            if (dueMs <= nowMs)
            {
                turns.Add(function);
            }
            else
            {
                nextDueMs = Math.Min(nextDueMs, dueMs);
            }
        }

        return turns;
    }

    /// <summary>The next function after this one that has anything ready, and when its first entry is due: one seek in queue_due.</summary>
    private static FunctionKey? Next(SqliteWrite write, FunctionKey after, out long dueMs)
    {
        using var row = write.Prepared(
                """
                SELECT account_id, function_name, due_ms FROM queue_entry INDEXED BY queue_due
                WHERE state=0 AND (account_id, function_name) > ($account, $function)
                ORDER BY account_id, function_name, due_ms LIMIT 1
                """)
            .With("$account", after.AccountId).With("$function", after.Name).ExecuteReader();
        if (!row.Read())
        {
            dueMs = long.MaxValue;
            return null;
        }

        dueMs = row.GetInt64(2);
        return new FunctionKey(row.GetString(0), row.GetString(1));
    }

    private static int TakeOf(SqliteWrite write, FunctionKey function, int wanted, long nowMs, long untilMs, List<LeasedInvocation> into)
    {
        var chosen = Choose(write, function, wanted, nowMs);
        foreach (var entry in chosen)
        {
            write.Prepared("UPDATE queue_entry SET state=1, lease=lease+1, leased_ms=$now, leased_until_ms=$until WHERE seq=$seq")
                .With("$now", nowMs).With("$until", untilMs).With("$seq", entry.Lease.Entry).ExecuteNonQuery();
        }

        into.AddRange(chosen);
        return chosen.Count;
    }

    private static List<LeasedInvocation> Choose(SqliteWrite write, FunctionKey function, int wanted, long nowMs)
    {
        // A retry that is due stays back while another of its key runs: one at a time.
        using var row = write.Prepared(
                """
                SELECT e.seq, e.lease+1, e.function_errors, e.postponements, e.order_key, v.payload,
                       l.id, l.qualifier, l.source_kind, l.rule_id, l.bucket, l.object_key, l.sequencer,
                       l.lineage_depth, l.trace_parent, l.accepted_ms
                FROM queue_entry e INDEXED BY queue_due
                JOIN ledger l ON l.seq=e.seq JOIN queue_event v ON v.seq=e.seq
                WHERE e.state=0 AND e.account_id=$account AND e.function_name=$function AND e.due_ms<=$now
                  AND (e.order_key IS NULL OR NOT EXISTS(
                    SELECT 1 FROM queue_entry o WHERE o.account_id=$account AND o.function_name=$function
                    AND o.order_key=e.order_key AND o.state=1))
                ORDER BY e.due_ms, e.seq LIMIT $wanted
                """)
            .With("$account", function.AccountId).With("$function", function.Name).With("$now", nowMs).With("$wanted", wanted)
            .ExecuteReader();
        var chosen = new List<LeasedInvocation>(wanted);
        while (row.Read())
        {
            var entry = Read(row, function);
            if (entry.Invocation.OrderKey is not { } key || !Has(chosen, key))
            {
                chosen.Add(entry);
            }
        }

        return chosen;
    }

    /// <summary>A due retry and the head of its key may both be found in one look; only the first goes.</summary>
    private static bool Has(List<LeasedInvocation> chosen, string orderKey) =>
        chosen.Exists(other => other.Invocation.OrderKey == orderKey);

    private static LeasedInvocation Read(SqliteDataReader row, FunctionKey function) => new(
        new Lease(row.GetInt64(0), row.GetInt64(1)),
        new Invocation
        {
            Id = row.GetString(6),
            AccountId = function.AccountId,
            FunctionName = function.Name,
            Qualifier = Text(row, 7),
            Payload = row.GetFieldValue<byte[]>(5),
            OrderKey = Text(row, 4),
            Source = new InvocationSource(row.GetString(8), Text(row, 9), Text(row, 10), Text(row, 11), Text(row, 12)),
            LineageDepth = row.GetInt32(13),
            TraceParent = Text(row, 14),
            AcceptedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(15)),
        },
        row.GetInt32(2),
        row.GetInt32(3));

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct FunctionKey(string AccountId, string Name)
    {
        /// <summary>As SQLite orders them (both are ASCII).</summary>
        public bool IsAfter(FunctionKey other) =>
            string.CompareOrdinal(AccountId, other.AccountId) is not 0 and var byAccount
                ? byAccount > 0
                : string.CompareOrdinal(Name, other.Name) > 0;
    }
}
