namespace Glue.Workers.Sandboxes;

/// <summary>Who owns sandboxes and hears of them: the pool.</summary>
internal interface ISandboxHost
{
    /// <summary>It polls; called after everything else that had arrived is handled.</summary>
    void IsReady(Sandbox sandbox);

    /// <summary>Nothing is left of it.</summary>
    void IsGone(Sandbox sandbox);
}
