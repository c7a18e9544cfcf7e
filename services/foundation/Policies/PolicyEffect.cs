namespace Glue.Foundation.Policies;

/// <summary>What a policy says of one request.</summary>
public enum PolicyEffect
{
    /// <summary>Nothing.</summary>
    None,
    Allow,

    /// <summary>Wins over every Allow.</summary>
    Deny,
}
