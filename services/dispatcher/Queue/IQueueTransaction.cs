using Glue.Contracts.Invocations;
using Glue.Dispatcher.Fairness;
using Glue.Dispatcher.Idempotency;

namespace Glue.Dispatcher.Queue;

/// <summary>The queue's tables inside one change.</summary>
internal interface IQueueTransaction
{
    /// <summary>Adds an invocation unless its id is known.</summary>
    AddedEntry Add(Invocation invocation, long nowMs);

    /// <summary>The first ready entries of a function by due time and number, leased or not, behind a place in that order.</summary>
    IReadOnlyList<QueueHead> ReadyHeads(FunctionKey function, QueuePlace behind, int count);

    /// <summary>The oldest entries of a function that wait, ready, leased or held.</summary>
    /// <param name="function">The function.</param>
    /// <param name="order">Which of them, and in which order.</param>
    /// <param name="beforeMs">Due, or accepted, before that time.</param>
    /// <param name="behind">A place in that order.</param>
    /// <param name="count">At most so many.</param>
    IReadOnlyList<OldEntry> Old(FunctionKey function, OldOrder order, long beforeMs, QueuePlace behind, int count);

    /// <summary>The whole of an entry.</summary>
    Invocation Read(long entry);

    /// <summary>Keeps an outcome by itself.</summary>
    void Keep(KeptOutcome outcome);

    /// <summary>Settles an entry, with its ledger row.</summary>
    /// <param name="function">Its function.</param>
    /// <param name="head">The entry as it was leased.</param>
    /// <param name="settlement">What became of it.</param>
    /// <param name="nowMs">The time.</param>
    SettledEntry Settle(FunctionKey function, QueueHead head, Settlement settlement, long nowMs);

    /// <summary>A dead letter waits again, as if it were new.</summary>
    /// <returns>Null: the account has no such dead letter. Head: null when it is held behind an earlier one of its order key.</returns>
    (FunctionKey Function, QueueHead? Head)? Redrive(string accountId, string id, long nowMs);

    /// <summary>Runs the action once the change is on disk, in the order of the changes.</summary>
    void WhenCommitted(Action action);
}
