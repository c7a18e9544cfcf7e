using Glue.Contracts.Invocations;

namespace Glue.Dispatcher.Ledger;

/// <summary>The ledger's row of one invocation.</summary>
public sealed record LedgerEntry
{
    public required string Id { get; init; }

    /// <summary>Its place in the ledger, rising in enqueue order.</summary>
    public required long Number { get; init; }

    public required string AccountId { get; init; }

    public required string FunctionName { get; init; }

    public string? Qualifier { get; init; }

    public required InvocationState State { get; init; }

    /// <summary>Attempts that ran, to whatever end.</summary>
    public required int Attempts { get; init; }

    public required InvocationSource Source { get; init; }

    public int LineageDepth { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }

    public required DateTimeOffset EnqueuedAt { get; init; }

    /// <summary>Start of the latest attempt.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>End of the latest attempt, or of giving up.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Of an invocation that waits: when it is tried next.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>How the latest attempt's sandbox came to be ready; null before the first.</summary>
    public SandboxStart? Start { get; init; }

    public TimeSpan StartDuration { get; init; }

    public TimeSpan InitDuration { get; init; }

    public TimeSpan Duration { get; init; }

    public int MaxMemoryUsedMiB { get; init; }

    public string? SandboxId { get; init; }

    /// <summary>Why it waits or was given up, in a sentence.</summary>
    public string? Reason { get; init; }

    /// <summary>The latest failure's error document (<c>errorType</c>, <c>errorMessage</c>, …), UTF-8 JSON; empty when none.</summary>
    public ReadOnlyMemory<byte> Error { get; init; }

    /// <summary>The latest failure's last log lines, UTF-8.</summary>
    public ReadOnlyMemory<byte> LogTail { get; init; }
}
