using System.Runtime.InteropServices;
using Glue.Contracts.Invocations;
using Glue.Dispatcher.Admission;
using Glue.Dispatcher.Queue;
using Glue.Foundation.Sqlite;

namespace Glue.Dispatcher.Backlog;

/// <summary>Lets invocations into the queue within their accounts' queue lengths. Accounts without a limit pay a lookup.</summary>
/// <param name="queue">What is let into.</param>
/// <param name="database">queue.db, for the first count of an account.</param>
/// <param name="lengths">How long the queues are.</param>
/// <param name="parked">What has to wait outside.</param>
/// <param name="limits">The accounts' limits.</param>
internal sealed class QueueEntrance(
    IInvocationQueue queue, SqliteDatabase database, QueueLengths lengths, ParkedInvocations parked, AccountLimits limits) : IQueueEntrance
{
    /// <summary>For a caller who can be told to come again.</summary>
    /// <returns>False: the account's queue is full, or its storage events wait for room already; nothing was taken.</returns>
    public async ValueTask<bool> TryTakeAsync(Invocation invocation)
    {
        var account = invocation.AccountId;
        if (IsOpen(account))
        {
            await queue.EnqueueAsync([invocation], CancellationToken.None);
            return true;
        }

        await CountAsync(account);
        if (parked.Of(account) > 0 || lengths.Reserve(account, 1) == 0)
        {
            return false;
        }

        try
        {
            await queue.EnqueueAsync([invocation], CancellationToken.None);
            return true;
        }
        finally
        {
            lengths.Release(account, 1);
        }
    }

    public async Task<int> TakeAsync(IReadOnlyList<Invocation> batch, CancellationToken cancellationToken)
    {
        if (batch.All(invocation => IsOpen(invocation.AccountId)))
        {
            return await queue.EnqueueAsync(batch, cancellationToken);
        }

        var reserved = new Dictionary<string, int>(StringComparer.Ordinal);
        var (now, later) = (new List<Invocation>(), new List<Invocation>());
        try
        {
            foreach (var account in batch.GroupBy(static invocation => invocation.AccountId, StringComparer.Ordinal))
            {
                await CountAsync(account.Key);

                // Behind what is parked already, however much room there is: an object's events stay in order.
                reserved[account.Key] = parked.Of(account.Key) > 0 ? 0 : lengths.Reserve(account.Key, account.Count());
            }

            var left = new Dictionary<string, int>(reserved, StringComparer.Ordinal);
            foreach (var invocation in batch)
            {
                (CollectionsMarshal.GetValueRefOrNullRef(left, invocation.AccountId)-- > 0 ? now : later).Add(invocation);
            }

            var added = await queue.EnqueueAsync(now, cancellationToken);
            if (later.Count > 0)
            {
                await parked.AddAsync(later, cancellationToken);
            }

            return added + later.Count;
        }
        finally
        {
            foreach (var (account, granted) in reserved)
            {
                lengths.Release(account, granted);
            }

            lengths.SayRoom(); // it may have been made before anything was parked
        }
    }

    /// <summary>Puts an account's parked ones into the queue, as far as there is room.</summary>
    /// <returns>How many.</returns>
    public async Task<int> UnparkAsync(string account, int most, DateTimeOffset now)
    {
        await CountAsync(account);
        var granted = lengths.Reserve(account, most);
        try
        {
            // Not one by one as places come free: a few at a time share a commit.
            var enough = Math.Min(most, Math.Max(1, (limits.Of(account).QueueLength ?? int.MaxValue) / 4));
            if (granted < Math.Min(enough, parked.Of(account)))
            {
                return 0;
            }

            // In the queue first: a crash between the two repeats them, and the ids show it. Their age counts from here, as if the log had kept them.
            var (invocations, last) = parked.First(account, granted);
            await queue.EnqueueAsync([.. invocations.Select(invocation => invocation with { AcceptedAt = now })], CancellationToken.None);
            await parked.RemoveAsync(account, last, CancellationToken.None);
            return invocations.Count;
        }
        finally
        {
            lengths.Release(account, granted);
        }
    }

    private bool IsOpen(string account) => limits.Of(account).QueueLength is null && parked.Of(account) == 0;

    /// <summary>Once per account: counted inside a change, so that every other one is either in the count or told after it.</summary>
    private Task CountAsync(string account) => lengths.IsCounted(account) ? Task.CompletedTask : database.WriteAsync(write =>
    {
        lengths.Track(account);
        using var row = write.Statements[
            """
            SELECT coalesce(sum((SELECT count(*) FROM ledger INDEXED BY queue_due WHERE state=0 AND function=f.number)
                + (SELECT count(*) FROM ledger INDEXED BY queue_key WHERE state<2 AND order_hash IS NOT NULL AND state=1 AND function=f.number)), 0)
            FROM queue_function f WHERE f.account_id=?
            """].With(account).Query();
        row.Read();
        var waiting = row.Int64(0);
        write.WhenCommitted(() => lengths.Counted(account, waiting));
    });
}
