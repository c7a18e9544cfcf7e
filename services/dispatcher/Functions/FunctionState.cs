using Glue.Contracts.Functions;

namespace Glue.Dispatcher.Functions;

/// <summary>Everything kept of a function, as one document of state.db. Replaced as a whole at every change.</summary>
internal sealed record FunctionState
{
    public required string AccountId { get; init; }

    public required string Name { get; init; }

    public required string RevisionId { get; init; }

    public required string Runtime { get; init; }

    public required string Handler { get; init; }

    public required string Role { get; init; }

    public string Description { get; init; } = "";

    /// <summary>Base64, as Lambda shows it.</summary>
    public required string CodeSha256 { get; init; }

    /// <summary>Of the zip.</summary>
    public required long CodeSizeBytes { get; init; }

    public required string Architecture { get; init; }

    public int MemoryMiB { get; init; } = 128;

    public int TimeoutSeconds { get; init; } = 3;

    public int EphemeralStorageMiB { get; init; } = 512;

    public string TracingMode { get; init; } = "PassThrough";

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The tag that opts a function out of snapshots, with the value <c>off</c>: for code that must not share what its init made.</summary>
    public const string SnapshotTag = "glue:snapshot";

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Invocations at once that only this function may use, and it no more; 0 stops it; null: none reserved.</summary>
    public int? ReservedConcurrency { get; init; }

    /// <summary>Null: nobody set one.</summary>
    public EventInvokeConfig? EventInvoke { get; init; }

    /// <summary>True: a chain of causes through this function is not stopped however long (RecursiveLoop=Allow).</summary>
    public bool AllowsRecursion { get; init; }

    public ResourcePolicy Policy { get; init; } = ResourcePolicy.Empty;

    public required DateTimeOffset LastModified { get; init; }

    public string Arn(string region) => $"arn:aws:lambda:{region}:{AccountId}:function:{Name}";

    public FunctionVersion ToVersion(string region) => new()
    {
        AccountId = AccountId,
        Name = Name,
        Version = FunctionReference.Latest,
        Arn = $"{Arn(region)}:{FunctionReference.Latest}",
        RevisionId = RevisionId,
        Runtime = Runtime,
        Handler = Handler,
        Role = Role,
        CodeSha256 = CodeSha256,
        MemoryMiB = MemoryMiB,
        Timeout = TimeSpan.FromSeconds(TimeoutSeconds),
        EphemeralStorageMiB = EphemeralStorageMiB,
        Environment = Environment,
        AllowsSnapshot = Tags.GetValueOrDefault(SnapshotTag) != "off",
    };
}
