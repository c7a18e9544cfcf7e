namespace Glue.Contracts.Functions;

/// <summary>
/// One runnable state of a function: what a worker must know to start a sandbox for it. Immutable; any change of code or
/// configuration gives another <see cref="RevisionId"/>, and sandboxes are never shared between two revisions.
/// </summary>
public sealed record FunctionVersion
{
    /// <summary>The owning account, 12 digits.</summary>
    public required string AccountId { get; init; }

    /// <summary>The function's bare name, 1 to 64 characters of <c>[a-zA-Z0-9-_]</c>.</summary>
    public required string Name { get; init; }

    /// <summary><c>$LATEST</c> or a published version number.</summary>
    public required string Version { get; init; }

    /// <summary>Qualified by version: <c>arn:aws:lambda:REGION:ACCOUNT:function:NAME:VERSION</c>.</summary>
    public required string Arn { get; init; }

    /// <summary>Changes with every change of code or configuration; keys warm sandboxes and snapshots.</summary>
    public required string RevisionId { get; init; }

    /// <summary>AWS's identifier: <c>provided.al2023</c>, <c>nodejs20.x</c>, <c>python3.12</c>.</summary>
    public required string Runtime { get; init; }

    /// <summary>As the runtime reads it, e.g. <c>index.handler</c>; ignored by <c>provided.*</c> unless its bootstrap reads <c>_HANDLER</c>.</summary>
    public required string Handler { get; init; }

    /// <summary>The execution role's ARN; its name finds the policy that limits storage access.</summary>
    public required string Role { get; init; }

    /// <summary>SHA-256 of the deployment zip, base64 as in Lambda's <c>CodeSha256</c>; names the code in the code store.</summary>
    public required string CodeSha256 { get; init; }

    /// <summary>Digests of its layers' zips, as <see cref="CodeSha256"/>, in the order they are merged into <c>/opt</c>. At most 5.</summary>
    public IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>128 to 10240. CPU is in proportion: 1769 MiB is one vCPU.</summary>
    public int MemoryMiB { get; init; } = 128;

    /// <summary>1 s to 900 s; default 3 s, as Lambda's.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Size of /tmp, 512 to 10240.</summary>
    public int EphemeralStorageMiB { get; init; } = 512;

    /// <summary>False: every sandbox runs the function's init anew (tag <c>glue:snapshot=off</c>), for init code whose results no two sandboxes may share.</summary>
    public bool AllowsSnapshot { get; init; } = true;

    /// <summary>How it logs.</summary>
    public FunctionLogging Logging { get; init; } = new();

    /// <summary>Where its log is.</summary>
    public string LogGroup => Logging.Group ?? "/aws/lambda/" + Name;

    /// <summary>The user's environment variables. May hold secrets: never logged.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
