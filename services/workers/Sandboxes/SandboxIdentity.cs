using Glue.Contracts.Functions;
using Glue.Workers.Gateway;

namespace Glue.Workers.Sandboxes;

/// <summary>Who is asking: one sandbox and what it runs right now. One instance lives as long as its sandbox.</summary>
public sealed class SandboxIdentity(string sandboxId, FunctionVersion version, bool isTemplate = false)
{
    private volatile int _currentLineageDepth;
    private volatile string? _currentStore;

    public string SandboxId { get; } = sandboxId;

    public FunctionVersion Version { get; } = version;

    /// <summary>It is to become a snapshot: what it is given, every clone will have.</summary>
    public bool IsTemplate { get; } = isTemplate;

    /// <summary>What it has moved through the storage gateway so far.</summary>
    public StorageUsage Usage { get; } = new();

    /// <summary>
    /// <c>LineageDepth</c> of the invocation that runs now, or of the last one: what a function writes late still carries its cause.
    /// Read it per request, not per connection: SDKs keep connections across invocations.
    /// </summary>
    public int CurrentLineageDepth
    {
        get => _currentLineageDepth;
        set => _currentLineageDepth = value;
    }

    /// <summary>The attached store whose event runs now, or ran last; null: the embedded one's, or none.</summary>
    public string? CurrentStore
    {
        get => _currentStore;
        set => _currentStore = value;
    }
}
