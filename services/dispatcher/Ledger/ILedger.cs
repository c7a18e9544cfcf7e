namespace Glue.Dispatcher.Ledger;

/// <summary>
/// Reads the ledger: one row per queued invocation. It is written by the queue, in the transaction that enqueues or settles,
/// so the two never disagree.
/// </summary>
public interface ILedger
{
    /// <returns>Null when the account has no such invocation, or it is older than the retention.</returns>
    LedgerEntry? Find(string accountId, string id);

    IReadOnlyList<LedgerEntry> List(LedgerQuery query);

    /// <summary>The event of an invocation that waits or was dead-lettered; null when it is not kept.</summary>
    byte[]? FindEvent(string accountId, string id);

    /// <summary>Forgets settled invocations accepted before <paramref name="before"/>, a bounded number per transaction.</summary>
    /// <returns>How many were forgotten.</returns>
    Task<int> ExpireAsync(DateTimeOffset before, CancellationToken cancellationToken);
}
