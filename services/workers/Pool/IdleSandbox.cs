using Glue.Workers.Sandboxes;

namespace Glue.Workers.Pool;

/// <summary>A sandbox that waits for work, and since when (timestamp).</summary>
internal readonly record struct IdleSandbox(Sandbox Sandbox, long Since);
