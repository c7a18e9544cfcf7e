using Glue.Contracts.Invocations;
using Glue.Dispatcher.Fairness;

namespace Glue.Dispatcher.Queue;

/// <summary>The queue's tables inside one change.</summary>
internal interface IQueueTransaction
{
    /// <summary>Adds an invocation unless its id is known.</summary>
    AddedEntry Add(Invocation invocation, byte[] payload, long nowMs);

    /// <summary>The first ready entries of a function by due time, leased or not.</summary>
    IReadOnlyList<QueueHead> ReadyHeads(FunctionKey function, int count);

    /// <summary>Settles an entry, with its ledger row.</summary>
    SettledEntry Settle(Settlement settlement, long nowMs);

    /// <summary>Runs the action once the change is on disk, in the order of the changes.</summary>
    void WhenCommitted(Action action);
}
