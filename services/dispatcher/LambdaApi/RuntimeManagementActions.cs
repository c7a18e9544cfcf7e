using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>
/// GetRuntimeManagementConfig and PutRuntimeManagementConfig (Lambda API Reference, read 2026-11). A runtime is what the image or the operator's settings have, and
/// changes with them: what is set here is kept and shown, and a version can be pinned to the one that it has only.
/// </summary>
internal sealed class RuntimeManagementActions(FunctionStore functions, FunctionFinder finder, FunctionConfigurations configurations)
{
    public Task GetAsync(ApiCall call, string inPath) => AnswerAsync(call, Version(call, inPath, "GetRuntimeManagementConfig"));

    public async Task PutAsync(ApiCall call, string inPath)
    {
        var wanted = call.Json(ApiJson.Default.RuntimeManagementBody);
        new FieldCheck().Required("updateRuntimeOn", wanted.UpdateRuntimeOn)
            .OneOf("updateRuntimeOn", wanted.UpdateRuntimeOn, RuntimeManagement.Auto, RuntimeManagement.Manual, RuntimeManagement.FunctionUpdate)
            .Length("runtimeVersionArn", wanted.RuntimeVersionArn, 2048).Matches("runtimeVersionArn", wanted.RuntimeVersionArn, ModelPatterns.RuntimeVersion).Throw();
        var function = Version(call, inPath, "PutRuntimeManagementConfig");
        CheckVersion(wanted, configurations.RuntimeVersionArn(function.Version));
        await AnswerAsync(call, await functions.ChangeSettingsAsync(call, function, changed => changed.Settings with
        {
            RuntimeManagement = wanted.UpdateRuntimeOn == RuntimeManagement.Auto ? null : new RuntimeManagement(wanted.UpdateRuntimeOn!, wanted.RuntimeVersionArn),
        }));
    }

    private static void CheckVersion(RuntimeManagementBody wanted, string current)
    {
        if (wanted.UpdateRuntimeOn != RuntimeManagement.Manual)
        {
            FunctionRules.Refuse(wanted.RuntimeVersionArn is not null, $"RuntimeVersionArn with UpdateRuntimeOn {wanted.UpdateRuntimeOn}", "it is of UpdateRuntimeOn Manual");
        }
        else if (wanted.RuntimeVersionArn != current)
        {
            throw LambdaException.InvalidParameter(
                $"UpdateRuntimeOn Manual needs the RuntimeVersionArn of the runtime that is here, {current} (RuntimeVersionConfig of GetFunctionConfiguration); it was {wanted.RuntimeVersionArn ?? "not given"}.");
        }
    }

    /// <summary>Of a version by its number, or <c>$LATEST</c>.</summary>
    private QualifiedFunction Version(ApiCall call, string inPath, string action)
    {
        var function = finder.Find(call, inPath, action);
        return function.Qualifier is { } named && function.State.Aliases.ContainsKey(named)
            ? throw LambdaException.InvalidParameter($"The provided function name {function.InvokedArn} is invalid. Aliases are not allowed.")
            : function;
    }

    private static Task AnswerAsync(ApiCall call, QualifiedFunction function) => call.OkAsync(
        new RuntimeManagementBody(
            function.Settings.RuntimeManagement?.UpdateRuntimeOn ?? RuntimeManagement.Auto, function.Settings.RuntimeManagement?.RuntimeVersionArn, function.InvokedArn),
        ApiJson.Default.RuntimeManagementBody);
}

/// <summary>Body of PutRuntimeManagementConfig, and of both answers.</summary>
internal sealed record RuntimeManagementBody(string? UpdateRuntimeOn, string? RuntimeVersionArn, string? FunctionArn);
