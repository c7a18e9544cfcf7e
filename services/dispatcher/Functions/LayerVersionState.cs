namespace Glue.Dispatcher.Functions;

/// <summary>One version of a layer, of which only the policy changes. Persisted.</summary>
internal sealed record LayerVersionState
{
    public required string AccountId { get; init; }

    public required string Name { get; init; }

    /// <summary>From 1; never given twice.</summary>
    public required int Version { get; init; }

    public string Description { get; init; } = "";

    public string? LicenseInfo { get; init; }

    /// <summary>Empty: not said.</summary>
    public IReadOnlyList<string> CompatibleRuntimes { get; init; } = [];

    /// <summary>Empty: not said.</summary>
    public IReadOnlyList<string> CompatibleArchitectures { get; init; } = [];

    /// <summary>Base64.</summary>
    public required string CodeSha256 { get; init; }

    /// <summary>Of the zip.</summary>
    public required long CodeSizeBytes { get; init; }

    public required long UnpackedBytes { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who but its own account may use it.</summary>
    public ResourcePolicy Policy { get; init => field = value ?? ResourcePolicy.Empty; } = ResourcePolicy.Empty; // absent in documents of before layer permissions
}
