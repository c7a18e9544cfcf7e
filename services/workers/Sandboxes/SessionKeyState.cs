namespace Glue.Workers.Sandboxes;

/// <summary>What keys are, to the sandbox they come from.</summary>
public enum SessionKeyState
{
    /// <summary>Its own.</summary>
    Good,

    /// <summary>Another's, an earlier process's, or nobody's.</summary>
    Unknown,

    /// <summary>Its own, once.</summary>
    Expired,
}
