using Glue.Workers.Sandboxes;

namespace Glue.Workers.Gateway;

/// <summary>Connection feature: the request came out of a sandbox. Its absence means an ordinary client.</summary>
public interface ISandboxConnection
{
    SandboxIdentity Sandbox { get; }
}
