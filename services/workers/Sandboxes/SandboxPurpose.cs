namespace Glue.Workers.Sandboxes;

/// <summary>What a sandbox is started for.</summary>
public enum SandboxPurpose
{
    /// <summary>An invocation that found none.</summary>
    OnDemand,

    /// <summary>It runs no invocation, and is to become the version's snapshot (<see cref="IRunningSandbox.SaveAsync"/>).</summary>
    Template,

    /// <summary>To be ready before anybody calls (provisioned concurrency).</summary>
    Provisioned,
}
