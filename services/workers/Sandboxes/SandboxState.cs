namespace Glue.Workers.Sandboxes;

/// <summary>Life of a sandbox: <c>Booting → Initialising → Ready ⇄ Busy → Draining → Gone</c>, and from anywhere to Gone when it dies.</summary>
public enum SandboxState
{
    /// <summary>The driver starts it; the agent has not spoken.</summary>
    Booting,

    /// <summary>The runtime starts and loads the handler.</summary>
    Initialising,

    /// <summary>The runtime polls: it can take an invocation.</summary>
    Ready,

    /// <summary>It runs an invocation, or has answered one and does not poll yet.</summary>
    Busy,

    /// <summary>It takes no more and is being ended.</summary>
    Draining,

    /// <summary>Nothing of it is left.</summary>
    Gone,
}
