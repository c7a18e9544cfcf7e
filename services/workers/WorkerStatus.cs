namespace Glue.Workers;

/// <summary>What placement needs to know of a worker.</summary>
/// <param name="Id">Its name.</param>
/// <param name="MemoryBudgetMiB">What it may give to sandboxes.</param>
/// <param name="MemoryUsedMiB">What its sandboxes were promised, idle ones included.</param>
/// <param name="Sandboxes">Alive, idle ones included.</param>
/// <param name="IdleSandboxes">Waiting for an invocation.</param>
/// <param name="Waiting">Requests that wait for a sandbox.</param>
public sealed record WorkerStatus(string Id, int MemoryBudgetMiB, int MemoryUsedMiB, int Sandboxes, int IdleSandboxes, int Waiting);
