namespace Glue.Workers.Sandboxes;

/// <summary>What came of a start.</summary>
/// <param name="Failure">The function's init failed: its invocation's result. Null otherwise.</param>
/// <param name="Reason">The sandbox could not be started, through no fault of the function. Null otherwise.</param>
internal sealed record SandboxStarted(FunctionFailure? Failure, string? Reason)
{
    public static SandboxStarted Ready { get; } = new(null, null);

    public bool IsReady => Failure is null && Reason is null;

    /// <summary>Of the failed init.</summary>
    public TimeSpan Duration { get; init; }

    public uint MaxRssKiB { get; init; }

    /// <summary>The end of what the failed init wrote.</summary>
    public ReadOnlyMemory<byte> LogTail { get; init; }
}
