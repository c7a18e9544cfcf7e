namespace Glue.Foundation.Policies;

/// <summary>What may stand in a policy, by what it hangs on.</summary>
public sealed record PolicyDialect
{
    /// <summary>On a bucket: says whom it is for; conditions on all that is known of a request.</summary>
    public static PolicyDialect OfBucket { get; } = new()
    {
        NamesPrincipals = true,
        ConditionKeys = ["aws:sourceip", "aws:securetransport", "aws:principalaccount", "aws:referer", "s3:prefix", "s3:delimiter"],
    };

    /// <summary>On a role: is for whoever has it. A sandbox has no address, and nothing of a function's own choosing is worth a condition.</summary>
    public static PolicyDialect OfRole { get; } = new() { ConditionKeys = ["aws:principalaccount", "s3:prefix", "s3:delimiter"] };

    /// <summary>True: every statement has a Principal. False: none may.</summary>
    public bool NamesPrincipals { get; private init; }

    /// <summary>In lower case.</summary>
    public required IReadOnlyList<string> ConditionKeys { get; init; }
}
