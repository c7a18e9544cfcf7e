using Glue.Contracts.Functions;
using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Lambda's FunctionConfiguration, as the API answers it.</summary>
internal sealed record FunctionConfiguration
{
    /// <param name="state">A version.</param>
    /// <param name="arn">As it is to be named: with the qualifier where the call had one, as in lists of versions.</param>
    /// <param name="runtimeVersionArn">Of the runtime that runs it.</param>
    public FunctionConfiguration(VersionState state, string arn, string runtimeVersionArn)
    {
        RuntimeVersionConfig = new RuntimeVersionFields(runtimeVersionArn);
        Version = state.Version;
        SnapStart = SnapStartState.Of(state);
        FunctionName = state.Name;
        FunctionArn = arn;
        Runtime = state.Runtime;
        Role = state.Role;
        Handler = state.Handler;
        CodeSize = state.CodeSizeBytes;
        Description = state.Description;
        Timeout = state.TimeoutSeconds;
        MemorySize = state.MemoryMiB;
        LastModified = state.LastModified.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+0000'");
        CodeSha256 = state.CodeSha256;
        Environment = state.Environment.Count == 0 ? null : new EnvironmentFields(state.Environment);
        TracingConfig = new ModeFields(state.TracingMode);
        RevisionId = state.RevisionId;
        Architectures = [state.Architecture];
        Layers = state.Layers.Count == 0 ? null : [.. state.Layers.Select(static layer => new LayerShown(layer.Arn, layer.CodeSizeBytes))];
        EphemeralStorage = new SizeFields(state.EphemeralStorageMiB);
        LoggingConfig = LoggingFields.Of(state);
    }

    public string FunctionName { get; }

    public string FunctionArn { get; }

    public string Runtime { get; }

    public string Role { get; }

    public string Handler { get; }

    public long CodeSize { get; }

    public string Description { get; }

    public int Timeout { get; }

    public int MemorySize { get; }

    public string LastModified { get; }

    public string CodeSha256 { get; }

    public string Version { get; }

    public EnvironmentFields? Environment { get; }

    public ModeFields TracingConfig { get; }

    public string RevisionId { get; }

    /// <summary>Nothing is built after an upload, so a function that exists can run.</summary>
    public string State { get; } = "Active";

    public string LastUpdateStatus { get; } = "Successful";

    public string PackageType { get; } = "Zip";

    public IReadOnlyList<string> Architectures { get; }

    public IReadOnlyList<LayerShown>? Layers { get; }

    public SizeFields EphemeralStorage { get; }

    public SnapStartState SnapStart { get; }

    public LoggingFields LoggingConfig { get; }

    public RuntimeVersionFields RuntimeVersionConfig { get; }
}

/// <summary>Lambda's RuntimeVersionConfig; it has no error: a runtime that is not here is refused when it is named.</summary>
internal sealed record RuntimeVersionFields(string RuntimeVersionArn);

internal sealed record LayerShown(string Arn, long CodeSize);

/// <summary>Lambda's LoggingConfig; levels with JSON only.</summary>
internal sealed record LoggingFields(string LogFormat, string? ApplicationLogLevel, string? SystemLogLevel, string LogGroup)
{
    public static LoggingFields Of(VersionState version)
    {
        var logging = version.Logging ?? new FunctionLogging();
        var group = logging.Group ?? $"/aws/lambda/{version.Name}";
        return logging.IsJson
            ? new LoggingFields(LoggingRules.Json, logging.ApplicationLevel, logging.SystemLevel, group)
            : new LoggingFields(LoggingRules.Text, null, null, group);
    }
}

/// <summary>
/// Lambda's SnapStartResponse. Snapshots are made of every version here, whatever it says (docs/snapshots.md); the status is what Lambda would report.
/// </summary>
internal sealed record SnapStartState(string ApplyOn, string OptimizationStatus)
{
    public const string PublishedVersions = "PublishedVersions";

    public static SnapStartState Of(VersionState version) => new(
        version.HasSnapStart ? PublishedVersions : "None",
        version.HasSnapStart && version.Version != FunctionReference.Latest ? "On" : "Off");
}

/// <summary>Answer of GetFunction.</summary>
internal sealed record GetFunctionResponse(
    FunctionConfiguration Configuration, CodeLocation Code, IReadOnlyDictionary<string, string>? Tags, ConcurrencyBody? Concurrency);

internal sealed record CodeLocation(string RepositoryType, string Location);

/// <summary>Answer of ListFunctions.</summary>
internal sealed record ListFunctionsResponse(IReadOnlyList<FunctionConfiguration> Functions, string? NextMarker);

/// <summary>Answer of ListVersionsByFunction.</summary>
internal sealed record ListVersionsResponse(IReadOnlyList<FunctionConfiguration> Versions, string? NextMarker);

/// <summary>Answer of AddPermission: the statement as JSON text.</summary>
internal sealed record AddPermissionResponse(string Statement);

/// <summary>Answer of GetPolicy: the policy as JSON text.</summary>
internal sealed record GetPolicyResponse(string Policy, string RevisionId);

/// <summary>Body of PutFunctionConcurrency, and of its answer and GetFunctionConcurrency's; null: nothing is reserved.</summary>
internal sealed record ConcurrencyBody(int? ReservedConcurrentExecutions);

/// <summary>Answer of GetFunctionCodeSigningConfig: none.</summary>
internal sealed record CodeSigningResponse(string FunctionName);

/// <summary>Answer of GetAccountSettings.</summary>
internal sealed record AccountSettingsResponse(AccountLimitFields AccountLimit, AccountUsage AccountUsage);

internal sealed record AccountLimitFields(
    long TotalCodeSize, long CodeSizeUnzipped, long CodeSizeZipped, int ConcurrentExecutions, int UnreservedConcurrentExecutions);

internal sealed record AccountUsage(long TotalCodeSize, int FunctionCount);
