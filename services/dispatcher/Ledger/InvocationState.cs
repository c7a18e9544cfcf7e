namespace Glue.Dispatcher.Ledger;

/// <summary>Where an invocation stands.</summary>
public enum InvocationState
{
    /// <summary>Waits for its first attempt.</summary>
    Queued,

    /// <summary>An attempt runs.</summary>
    Running,

    /// <summary>The last attempt failed; waits for its retry.</summary>
    Failed,

    Succeeded,

    /// <summary>Given up: <see cref="LedgerEntry.Reason"/> says why.</summary>
    Dead,
}
