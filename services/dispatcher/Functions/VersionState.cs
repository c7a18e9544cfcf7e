using Glue.Contracts.Functions;

namespace Glue.Dispatcher.Functions;

/// <summary>
/// Code and configuration of one version. A published one never changes; of <c>$LATEST</c> it is a part of <see cref="FunctionState"/>.
/// Persisted: names and meaning stay.
/// </summary>
internal record VersionState
{
    public required string AccountId { get; init; }

    public required string Name { get; init; }

    /// <summary><c>$LATEST</c> or a number from 1.</summary>
    public string Version { get; init => field = value ?? FunctionReference.Latest; } = FunctionReference.Latest; // absent in documents of before versions

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

    /// <summary>Merged into /opt in this order; at most 5.</summary>
    public IReadOnlyList<LayerUse> Layers { get; init => field = value ?? []; } = [];

    /// <summary>Of the code alone, unpacked; 0: not known, of functions of before layers.</summary>
    public long UnpackedBytes { get; init; }

    /// <summary>Null: as it is by default.</summary>
    public FunctionLogging? Logging { get; init; }

    /// <summary>SnapStart's ApplyOn is <c>PublishedVersions</c>.</summary>
    public bool HasSnapStart { get; init; }

    /// <summary>Of a published version: <c>$LATEST</c>'s description when it was published, where it got another of its own.</summary>
    public string? DescriptionOfLatest { get; init; }

    public required DateTimeOffset LastModified { get; init; }

    /// <summary>Digests of everything that must be kept for this version to run.</summary>
    public IEnumerable<string> CodeInUse => Layers.Select(static layer => layer.CodeSha256).Prepend(CodeSha256);

    public string Arn(string region) => $"arn:aws:lambda:{region}:{AccountId}:function:{Name}";

    /// <summary>This as a published version.</summary>
    public VersionState Publish(int number, string? description, string revisionId, DateTimeOffset now) => new(this)
    {
        Version = number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Description = description ?? Description,
        DescriptionOfLatest = Description,
        RevisionId = revisionId,
        LastModified = now,
    };

    /// <summary>Is a published version what publishing this would give? Lambda then makes no other one (PublishVersion, read 2026-11).</summary>
    public bool IsPublishedAs(VersionState published) =>
        CodeSha256 == published.CodeSha256 && Runtime == published.Runtime && Handler == published.Handler && Role == published.Role
        && Description == published.DescriptionOfLatest && Architecture == published.Architecture
        && (MemoryMiB, TimeoutSeconds, EphemeralStorageMiB) == (published.MemoryMiB, published.TimeoutSeconds, published.EphemeralStorageMiB)
        && TracingMode == published.TracingMode && HasSnapStart == published.HasSnapStart && Logging == published.Logging
        && Layers.SequenceEqual(published.Layers)
        && Environment.Count == published.Environment.Count
        && Environment.All(variable => published.Environment.TryGetValue(variable.Key, out var value) && value == variable.Value);

    /// <param name="region">In ARNs.</param>
    /// <param name="allowsSnapshot">See <see cref="FunctionState.AllowsSnapshot"/>.</param>
    public FunctionVersion ToVersion(string region, bool allowsSnapshot) => new()
    {
        AccountId = AccountId,
        Name = Name,
        Version = Version,
        Arn = $"{Arn(region)}:{Version}",
        RevisionId = RevisionId,
        Runtime = Runtime,
        Handler = Handler,
        Role = Role,
        CodeSha256 = CodeSha256,
        Layers = [.. Layers.Select(static layer => layer.CodeSha256)],
        MemoryMiB = MemoryMiB,
        Timeout = TimeSpan.FromSeconds(TimeoutSeconds),
        EphemeralStorageMiB = EphemeralStorageMiB,
        Environment = Environment,
        Logging = Logging ?? new FunctionLogging(),
        AllowsSnapshot = allowsSnapshot,
    };
}
