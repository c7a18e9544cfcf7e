namespace Glue.Contracts.Invocations;

/// <summary>What one attempt came to. A function's own error is an outcome, not an exception.</summary>
public sealed record InvokeOutcome
{
    public required InvokeStatus Status { get; init; }

    /// <summary>
    /// The function's answer; for <see cref="InvokeStatus.FunctionError"/> Lambda's error document
    /// (<c>errorType</c>, <c>errorMessage</c>, <c>stackTrace</c>); for <see cref="InvokeStatus.NotRun"/> empty.
    /// </summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>For <see cref="InvokeStatus.NotRun"/>: why, in a sentence with the way out. Else null.</summary>
    public string? Reason { get; init; }

    /// <summary>The last 4 KiB of the attempt's log, when asked for.</summary>
    public ReadOnlyMemory<byte> LogTail { get; init; }

    public SandboxStart Start { get; init; }

    /// <summary>From the event's delivery to the runtime to its answer, as in the REPORT line.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Duration rounded up to 1 ms; with the init phase of a cold start where Lambda bills it.</summary>
    public TimeSpan BilledDuration { get; init; }

    /// <summary>Time the runtime took from its start to its first poll; zero for a warm start.</summary>
    public TimeSpan InitDuration { get; init; }

    /// <summary>Time from request to a sandbox ready to take it (queueing inside the worker, boot or restore, init).</summary>
    public TimeSpan StartDuration { get; init; }

    public int MaxMemoryUsedMiB { get; init; }

    /// <summary>Bytes of objects that the sandbox read through its storage gateway meanwhile; bodies only.</summary>
    public long StorageReadBytes { get; init; }

    /// <summary>Bytes it wrote through it, without framing.</summary>
    public long StorageWrittenBytes { get; init; }

    public string? SandboxId { get; init; }
}
