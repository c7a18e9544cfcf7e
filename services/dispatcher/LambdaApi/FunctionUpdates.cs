using Glue.Dispatcher.Functions;
using Glue.Dispatcher.Placement;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>UpdateFunctionCode and UpdateFunctionConfiguration.</summary>
internal sealed class FunctionUpdates(
    FunctionStore functions, LayerStore layers, FunctionFinder finder, CodeUpload upload, DispatcherOptions options, IRuntimes runtimes, TimeProvider time, FunctionConfigurations configurations)
{
    /// <summary>A state with the fields that are given.</summary>
    /// <exception cref="LambdaException">A layer is not there, or they are too many or too large.</exception>
    public static FunctionState Apply(ConfigurationFields fields, LayerStore layers, FunctionState state) => LayerRules.CheckSize(state with
    {
        Runtime = fields.Runtime is { Length: > 0 } runtime ? runtime : state.Runtime,
        Handler = fields.Handler is { Length: > 0 } handler ? handler : state.Handler,
        Role = fields.Role ?? state.Role,
        Description = fields.Description ?? state.Description,
        TimeoutSeconds = fields.Timeout ?? state.TimeoutSeconds,
        MemoryMiB = fields.MemorySize ?? state.MemoryMiB,
        EphemeralStorageMiB = fields.EphemeralStorage?.Size ?? state.EphemeralStorageMiB,
        TracingMode = fields.TracingConfig?.Mode ?? state.TracingMode,
        HasSnapStart = fields.SnapStart?.ApplyOn is { } applyOn ? applyOn == SnapStartState.PublishedVersions : state.HasSnapStart,
        Logging = LoggingRules.Apply(fields.LoggingConfig, state.Logging),
        Environment = fields.Environment is null ? state.Environment : fields.Environment.Variables ?? new Dictionary<string, string>(),
        Layers = fields.Layers is null ? state.Layers : LayerRules.Find(layers, fields.Layers, state.AccountId),
    });

    public async Task UpdateFunctionCodeAsync(ApiCall call, string inPath)
    {
        var request = call.Json(ApiJson.Default.UpdateFunctionCodeRequest);
        var name = finder.FindWhole(call, inPath, "UpdateFunctionCode").State.Name;
        FunctionRules.CheckArchitectures(request.Architectures);
        FunctionRules.CheckPublishTo(request.PublishTo);
        using var zip = await upload.ReadAsync(call, request);
        FunctionChange? wouldBe = null;
        var changed = await functions.ChangeVersionsAsync(
            call.AccountId,
            name,
            zip.Bytes,
            (existing, sha256) =>
            {
                var state = finder.Existing(existing, call.AccountId, name, request.RevisionId);
                var updated = LayerRules.CheckSize(Touch(state with { CodeSha256 = sha256!, CodeSizeBytes = zip.Bytes.Length, UnpackedBytes = zip.UnpackedBytes }));
                wouldBe = request.Publish == true
                    ? Publication.Of(updated, existing!.Versions.Last, description: null, time.GetUtcNow())
                    : new FunctionChange(updated);
                return request.DryRun == true ? new FunctionChange(state) : wouldBe;
            },
            call.Aborted);
        VersionState shown = request.Publish == true ? wouldBe!.Published ?? changed!.Versions.Last! : wouldBe!.State!;
        var arn = request.Publish == true ? $"{changed!.Arn}:{shown.Version}" : changed!.Arn;
        await call.OkAsync(configurations.Of(shown, arn), ApiJson.Default.FunctionConfiguration);
    }

    public async Task UpdateFunctionConfigurationAsync(ApiCall call, string inPath)
    {
        var request = call.Json(ApiJson.Default.UpdateFunctionConfigurationRequest);
        var name = finder.FindWhole(call, inPath, "UpdateFunctionConfiguration").State.Name;
        FunctionRules.Shape(request).Throw();
        FunctionRules.Meaning(request, options.Runtimes, runtimes);
        var changed = await functions.ChangeAsync(
            call.AccountId,
            name,
            zip: null,
            (existing, _) => Touch(Apply(request, layers, finder.Existing(existing, call.AccountId, name, request.RevisionId))),
            call.Aborted);
        await call.OkAsync(configurations.Of(changed!.State, changed.Arn), ApiJson.Default.FunctionConfiguration);
    }

    private FunctionState Touch(FunctionState state) => state with { RevisionId = Guid.NewGuid().ToString(), LastModified = time.GetUtcNow() };
}
