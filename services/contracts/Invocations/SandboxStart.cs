namespace Glue.Contracts.Invocations;

/// <summary>How the sandbox of an attempt came to be ready.</summary>
public enum SandboxStart
{
    /// <summary>It was waiting.</summary>
    Warm,

    /// <summary>A fresh boot (or process start) and init.</summary>
    Boot,

    /// <summary>A restore of the runtime image's base snapshot, then init.</summary>
    BaseSnapshot,

    /// <summary>A restore of the function version's own snapshot.</summary>
    FunctionSnapshot,
}
