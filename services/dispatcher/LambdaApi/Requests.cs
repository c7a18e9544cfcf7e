namespace Glue.Dispatcher.LambdaApi;

/// <summary>Body of CreateFunction. Null: not given.</summary>
internal sealed record CreateFunctionRequest : ConfigurationFields
{
    public string? FunctionName { get; init; }

    public CodeFields? Code { get; init; }

    public string? PackageType { get; init; }

    public bool? Publish { get; init; }

    public IReadOnlyList<string>? Architectures { get; init; }

    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    public string? CodeSigningConfigArn { get; init; }

    public System.Text.Json.JsonElement? TenancyConfig { get; init; }

    public string? PublishTo { get; init; }
}

/// <summary>Body of UpdateFunctionConfiguration.</summary>
internal sealed record UpdateFunctionConfigurationRequest : ConfigurationFields
{
    public string? RevisionId { get; init; }
}

/// <summary>Body of PublishVersion.</summary>
internal sealed record PublishVersionRequest
{
    public string? CodeSha256 { get; init; }

    public string? Description { get; init; }

    public string? RevisionId { get; init; }

    public string? PublishTo { get; init; }
}

/// <summary>Body of UpdateFunctionCode.</summary>
internal sealed record UpdateFunctionCodeRequest : CodeFields
{
    public bool? DryRun { get; init; }

    public bool? Publish { get; init; }

    public string? PublishTo { get; init; }

    public string? RevisionId { get; init; }

    public IReadOnlyList<string>? Architectures { get; init; }
}

/// <summary>What CreateFunction and UpdateFunctionConfiguration share.</summary>
internal abstract record ConfigurationFields
{
    public string? Runtime { get; init; }

    public string? Role { get; init; }

    public string? Handler { get; init; }

    public string? Description { get; init; }

    public int? Timeout { get; init; }

    public int? MemorySize { get; init; }

    public EnvironmentFields? Environment { get; init; }

    public SizeFields? EphemeralStorage { get; init; }

    public ModeFields? TracingConfig { get; init; }

    public IReadOnlyList<string>? Layers { get; init; }

    public VpcFields? VpcConfig { get; init; }

    public TargetFields? DeadLetterConfig { get; init; }

    public SnapStartFields? SnapStart { get; init; }

    public LoggingRequest? LoggingConfig { get; init; }

    public IReadOnlyList<System.Text.Json.JsonElement>? FileSystemConfigs { get; init; }

    public string? KMSKeyArn { get; init; }

    public ImageFields? ImageConfig { get; init; }

    public System.Text.Json.JsonElement? DurableConfig { get; init; }

    public System.Text.Json.JsonElement? CapacityProviderConfig { get; init; }
}

/// <summary>Where code comes from.</summary>
internal record CodeFields
{
    public Base64InBody? ZipFile { get; init; }

    public string? S3Bucket { get; init; }

    public string? S3Key { get; init; }

    public string? S3ObjectVersion { get; init; }

    public string? SourceKMSKeyArn { get; init; }

    public string? ImageUri { get; init; }
}

internal sealed record EnvironmentFields(IReadOnlyDictionary<string, string>? Variables);

internal sealed record SizeFields(int? Size);

internal sealed record ModeFields(string? Mode);

internal sealed record TargetFields(string? TargetArn);

internal sealed record VpcFields(IReadOnlyList<string>? SubnetIds, IReadOnlyList<string>? SecurityGroupIds);

internal sealed record ImageFields(IReadOnlyList<string>? EntryPoint, IReadOnlyList<string>? Command, string? WorkingDirectory);

internal sealed record SnapStartFields(string? ApplyOn);

internal sealed record LoggingRequest(string? LogFormat, string? ApplicationLogLevel, string? SystemLogLevel, string? LogGroup);

/// <summary>Body of AddPermission.</summary>
internal sealed record AddPermissionRequest
{
    public string? StatementId { get; init; }

    public string? Action { get; init; }

    public string? Principal { get; init; }

    public string? SourceArn { get; init; }

    public string? SourceAccount { get; init; }

    public string? EventSourceToken { get; init; }

    public string? FunctionUrlAuthType { get; init; }

    public bool? InvokedViaFunctionUrl { get; init; }

    public string? PrincipalOrgID { get; init; }

    public string? RevisionId { get; init; }
}

/// <summary>Body of TagResource, and of ListTags' answer.</summary>
internal sealed record TagsBody(IReadOnlyDictionary<string, string>? Tags);
