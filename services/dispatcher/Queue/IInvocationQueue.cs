using Glue.Contracts.Invocations;

namespace Glue.Dispatcher.Queue;

/// <summary>
/// The durable invocation queue. What <see cref="EnqueueAsync"/> took is on disk and stays until it is settled as done or
/// dead; whatever happens to a process in between, it is handed out again (at least once).
/// </summary>
/// <remarks>
/// Order: entries with the same account, function and order key are leased in enqueue order, one at a time, except that one
/// which failed and waits for its retry lets the others pass. Between accounts and functions service is fair by cost (docs/fairness.md).
/// </remarks>
public interface IInvocationQueue
{
    /// <summary>Durable when it returns. An id seen before (waiting, settled, or twice in the batch) is ignored.</summary>
    /// <returns>How many were new.</returns>
    Task<int> EnqueueAsync(IReadOnlyList<Invocation> batch, CancellationToken cancellationToken);

    /// <summary>Leases up to <paramref name="max"/> due entries for <paramref name="leaseTime"/>; after that, others may have them.</summary>
    Task<IReadOnlyList<LeasedInvocation>> LeaseDueAsync(int max, TimeSpan leaseTime, CancellationToken cancellationToken);

    /// <summary>
    /// Leases up to <paramref name="max"/> entries that are older than they may become, due or not, whether or not there is room for them: to be given up.
    /// For one caller, who asks again, after a pause whenever a pass over all functions is over.
    /// </summary>
    Task<OldInvocations> LeaseOldAsync(int max, IEventAges ages, CancellationToken cancellationToken);

    /// <summary>Prolongs leases that are still held.</summary>
    /// <returns>Those that are not: somebody else may have the entry.</returns>
    Task<IReadOnlyList<Lease>> RenewAsync(IReadOnlyList<Lease> leases, TimeSpan leaseTime, CancellationToken cancellationToken);

    /// <summary>Settles attempts, with their ledger rows in the same transaction. A lease that is no longer held changes
    /// nothing, but the outcome that its attempt keeps is kept: the handler has succeeded, and need not run again.</summary>
    /// <returns>How many took effect.</returns>
    Task<int> SettleAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken);

    /// <summary>Puts dead letters of the account into the queue again: due now, tries and age counted from new.</summary>
    /// <returns>How many of the ids were dead letters.</returns>
    Task<int> RedriveAsync(string accountId, IReadOnlyList<string> ids, CancellationToken cancellationToken);

    /// <summary>Gives back every lease at once. Only for the start of a queue with a single consumer: its former life holds them.</summary>
    /// <returns>How many there were; none where leases do not outlive the process.</returns>
    Task<int> ReleaseAllAsync(CancellationToken cancellationToken);

    /// <summary>Returns when an entry may have become due since the last lease call; it may return early, never late.</summary>
    Task WaitForDueAsync(CancellationToken cancellationToken);
}
