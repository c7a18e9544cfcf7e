using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>The FunctionEventInvokeConfig family, and the recursion configuration.</summary>
internal sealed class EventInvokeActions(FunctionActions functions, FunctionStore store, IFunctionCatalog catalog, TimeProvider time)
{
    private const int LeastAgeSeconds = 60;
    private const int MostAgeSeconds = 21_600;

    /// <summary>PutFunctionEventInvokeConfig: what is left out goes back to its default.</summary>
    public Task PutAsync(ApiCall call, string inPath) => SetAsync(call, inPath, "PutFunctionEventInvokeConfig", (asked, _) => asked);

    /// <summary>UpdateFunctionEventInvokeConfig: what is left out stays.</summary>
    public Task UpdateAsync(ApiCall call, string inPath) => SetAsync(call, inPath, "UpdateFunctionEventInvokeConfig", static (asked, existing) => asked with
    {
        MaximumRetryAttempts = asked.MaximumRetryAttempts ?? existing?.MaximumRetryAttempts,
        MaximumEventAgeInSeconds = asked.MaximumEventAgeInSeconds ?? existing?.MaximumEventAgeInSeconds,
        OnSuccess = asked.OnSuccess ?? existing?.OnSuccess,
        OnFailure = asked.OnFailure ?? existing?.OnFailure,
    });

    public Task GetAsync(ApiCall call, string inPath)
    {
        var (function, _) = functions.Find(call, inPath, "GetFunctionEventInvokeConfig");
        return call.OkAsync(EventInvokeResponse.Of(function) ?? throw Missing(function), ApiJson.Default.EventInvokeResponse);
    }

    public Task ListAsync(ApiCall call, string inPath)
    {
        var (function, _) = functions.Find(call, inPath, "ListFunctionEventInvokeConfigs");
        return call.OkAsync(
            new EventInvokeList(EventInvokeResponse.Of(function) is { } config ? [config] : []), ApiJson.Default.EventInvokeList);
    }

    public async Task DeleteAsync(ApiCall call, string inPath)
    {
        await ChangeAsync(call, inPath, "DeleteFunctionEventInvokeConfig", (state, function) =>
            state.EventInvoke is null ? throw Missing(function) : state with { EventInvoke = null });
        await call.NoContentAsync();
    }

    public Task GetRecursionAsync(ApiCall call, string inPath)
    {
        var (function, _) = functions.Find(call, inPath, "GetFunctionRecursionConfig");
        return AnswerRecursionAsync(call, function);
    }

    public async Task PutRecursionAsync(ApiCall call, string inPath)
    {
        var wanted = call.Json(ApiJson.Default.RecursionBody).RecursiveLoop;
        new FieldCheck().Required("recursiveLoop", wanted).OneOf("recursiveLoop", wanted, "Allow", "Terminate").Throw();
        await AnswerRecursionAsync(call, await ChangeAsync(
            call, inPath, "PutFunctionRecursionConfig", (state, _) => state with { AllowsRecursion = wanted == "Allow" }));
    }

    private static Task AnswerRecursionAsync(ApiCall call, DeployedFunction function) =>
        call.OkAsync(new RecursionBody(function.State.AllowsRecursion ? "Allow" : "Terminate"), ApiJson.Default.RecursionBody);

    private static LambdaException Missing(DeployedFunction function) =>
        LambdaException.NotFound($"The function {function.Arn}:{FunctionReference.Latest} doesn't have an EventInvokeConfig");

    private async Task SetAsync(ApiCall call, string inPath, string action, Func<EventInvokeConfig, EventInvokeConfig?, EventInvokeConfig> merge)
    {
        var request = call.Json(ApiJson.Default.EventInvokeRequest);
        new FieldCheck()
            .Range("maximumRetryAttempts", request.MaximumRetryAttempts, 0, 2)
            .Range("maximumEventAgeInSeconds", request.MaximumEventAgeInSeconds, LeastAgeSeconds, MostAgeSeconds).Throw();
        var asked = new EventInvokeConfig
        {
            MaximumRetryAttempts = request.MaximumRetryAttempts,
            MaximumEventAgeInSeconds = request.MaximumEventAgeInSeconds,
            OnSuccess = Destination(call, request.DestinationConfig?.OnSuccess, "OnSuccess"),
            OnFailure = Destination(call, request.DestinationConfig?.OnFailure, "OnFailure"),
            LastModified = time.GetUtcNow(),
        };
        var changed = await ChangeAsync(call, inPath, action, (state, _) => state with { EventInvoke = merge(asked, state.EventInvoke) });
        await call.OkAsync(EventInvokeResponse.Of(changed)!, ApiJson.Default.EventInvokeResponse);
    }

    private string? Destination(ApiCall call, DestinationFields? fields, string name)
    {
        if (string.IsNullOrEmpty(fields?.Destination))
        {
            return null;
        }

        var arn = fields.Destination;
        FunctionRules.Refuse(!arn.Contains(":lambda:", StringComparison.Ordinal), $"{name} '{arn}'", "name the ARN of a function");
        return catalog.Find(arn) is { } target && target.AccountId == call.AccountId
            ? arn
            : throw LambdaException.InvalidParameter($"The destination ARN {arn} is invalid: there is no such function of this account.");
    }

    private async Task<DeployedFunction> ChangeAsync(
        ApiCall call, string inPath, string action, Func<FunctionState, DeployedFunction, FunctionState> change)
    {
        var (function, _) = functions.Find(call, inPath, action);
        var changed = await store.ChangeAsync(
            call.AccountId,
            function.State.Name,
            zip: null,
            (existing, _) => existing is null ? throw LambdaException.FunctionNotFound(function.Arn) : change(existing.State, existing), // not a new revision
            call.Aborted);
        return changed!;
    }
}
