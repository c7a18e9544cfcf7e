using Glue.Workers.Sandboxes;

namespace Glue.Workers.Pool;

/// <summary>What a waiter got.</summary>
/// <param name="Sandbox">A ready sandbox, for it alone; with <paramref name="Failed"/> the one whose init failed.</param>
/// <param name="Failed">The function's init failed with this: the waiter's result.</param>
/// <param name="Reason">There will be none.</param>
internal sealed record Granted(Sandbox? Sandbox, SandboxStarted? Failed = null, string? Reason = null);
