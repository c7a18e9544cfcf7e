using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Body of PublishLayerVersion. Null: not given.</summary>
internal sealed record PublishLayerRequest
{
    public CodeFields? Content { get; init; }

    public string? Description { get; init; }

    public string? LicenseInfo { get; init; }

    public IReadOnlyList<string>? CompatibleRuntimes { get; init; }

    public IReadOnlyList<string>? CompatibleArchitectures { get; init; }
}

/// <summary>A layer version: answer of PublishLayerVersion and GetLayerVersion; without content and the layer's ARN one of a list.</summary>
internal sealed record LayerVersionResponse
{
    public LayerVersionResponse(LayerVersionState layer, string layerArn, string? location)
    {
        Content = location is null ? null : new LayerContent(location, layer.CodeSha256, layer.CodeSizeBytes);
        LayerArn = location is null ? null : layerArn;
        LayerVersionArn = $"{layerArn}:{layer.Version}";
        Version = layer.Version;
        Description = layer.Description;
        CreatedDate = layer.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+0000'");
        LicenseInfo = layer.LicenseInfo;
        CompatibleRuntimes = layer.CompatibleRuntimes.Count == 0 ? null : layer.CompatibleRuntimes;
        CompatibleArchitectures = layer.CompatibleArchitectures.Count == 0 ? null : layer.CompatibleArchitectures;
    }

    public LayerContent? Content { get; }

    public string? LayerArn { get; }

    public string LayerVersionArn { get; }

    public int Version { get; }

    public string Description { get; }

    public string CreatedDate { get; }

    public string? LicenseInfo { get; }

    public IReadOnlyList<string>? CompatibleRuntimes { get; }

    public IReadOnlyList<string>? CompatibleArchitectures { get; }
}

internal sealed record LayerContent(string Location, string CodeSha256, long CodeSize);

/// <summary>Answer of ListLayerVersions.</summary>
internal sealed record LayerVersionList(IReadOnlyList<LayerVersionResponse> LayerVersions, string? NextMarker);

/// <summary>Answer of ListLayers.</summary>
internal sealed record LayerList(IReadOnlyList<LayerListItem> Layers, string? NextMarker);

internal sealed record LayerListItem(string LayerName, string LayerArn, LayerVersionResponse LatestMatchingVersion);

/// <summary>Body of AddLayerVersionPermission.</summary>
internal sealed record AddLayerPermissionRequest(string? StatementId, string? Action, string? Principal, string? OrganizationId);

/// <summary>Answer of AddLayerVersionPermission.</summary>
internal sealed record AddLayerPermissionResponse(string Statement, string RevisionId);
