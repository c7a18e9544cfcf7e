namespace Glue.Dispatcher.Queue;

/// <summary>What becomes of a leased entry.</summary>
public enum SettlementKind
{
    /// <summary>It ran and succeeded: gone from the queue.</summary>
    Done,

    /// <summary>The function failed: due again later, and others of its order key may pass it meanwhile.</summary>
    Retry,

    /// <summary>It did not run (throttle, no room, system error): due again later, in its place among its order key.</summary>
    Postpone,

    /// <summary>Not to be tried again: gone from the queue, kept in the ledger with its event.</summary>
    DeadLetter,

    /// <summary>Not started: due at once, for anybody.</summary>
    Release,
}
