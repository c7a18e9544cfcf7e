namespace Glue.Workers;

/// <summary>What placement needs to know of a worker.</summary>
/// <param name="Id">Its name.</param>
/// <param name="MemoryBudgetMiB">What it may give to sandboxes.</param>
/// <param name="MemoryUsedMiB">What its sandboxes were promised, idle ones included.</param>
/// <param name="MemoryAwaitedMiB">What requests wait for that have no sandbox, and none being started for them.</param>
/// <param name="Sandboxes">Alive, idle ones included.</param>
/// <param name="IdleSandboxes">Waiting for an invocation.</param>
/// <param name="WarmSandboxes">The same by <see cref="Contracts.Functions.FunctionVersion.RevisionId"/>; without those that have none.</param>
/// <param name="Waiting">Requests that wait for a sandbox.</param>
public sealed record WorkerStatus(
    string Id, int MemoryBudgetMiB, int MemoryUsedMiB, int MemoryAwaitedMiB, int Sandboxes, int IdleSandboxes,
    IReadOnlyDictionary<string, int> WarmSandboxes, int Waiting);
