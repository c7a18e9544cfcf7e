namespace Glue.Dispatcher.Placement;

/// <summary>What placement needs to know of a worker.</summary>
public sealed record WorkerStatus
{
    /// <summary>Memory that new sandboxes may still take, less what requests there wait for: negative when more is waited for than there is.</summary>
    public required int FreeMemoryMiB { get; init; }

    /// <summary>Idle sandboxes by <see cref="Contracts.Functions.FunctionVersion.RevisionId"/>; absent means none.</summary>
    public IReadOnlyDictionary<string, int> WarmSandboxes { get; init; } = new Dictionary<string, int>();
}
