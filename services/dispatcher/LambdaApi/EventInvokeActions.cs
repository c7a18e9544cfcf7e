using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>The FunctionEventInvokeConfig family, and the recursion configuration.</summary>
internal sealed class EventInvokeActions(FunctionFinder finder, FunctionStore store, DestinationFinder destinations, TimeProvider time)
{
    private const int LeastAgeSeconds = 60;
    private const int MostAgeSeconds = 21_600;

    /// <summary>PutFunctionEventInvokeConfig: what is left out goes back to its default.</summary>
    public Task PutAsync(ApiCall call, string inPath) => SetAsync(call, inPath, "PutFunctionEventInvokeConfig", (asked, _) => asked);

    /// <summary>UpdateFunctionEventInvokeConfig: what is left out stays.</summary>
    public Task UpdateAsync(ApiCall call, string inPath) => SetAsync(call, inPath, "UpdateFunctionEventInvokeConfig", static (asked, function) =>
    {
        var existing = function.Settings.EventInvoke ?? throw Missing(function);
        return asked with
        {
            MaximumRetryAttempts = asked.MaximumRetryAttempts ?? existing.MaximumRetryAttempts,
            MaximumEventAgeInSeconds = asked.MaximumEventAgeInSeconds ?? existing.MaximumEventAgeInSeconds,
            OnSuccess = asked.OnSuccess ?? existing.OnSuccess,
            OnFailure = asked.OnFailure ?? existing.OnFailure,
        };
    });

    public Task GetAsync(ApiCall call, string inPath)
    {
        var function = finder.Find(call, inPath, "GetFunctionEventInvokeConfig");
        return call.OkAsync(EventInvokeResponse.Of(function) ?? throw Missing(function), ApiJson.Default.EventInvokeResponse);
    }

    public Task ListAsync(ApiCall call, string inPath)
    {
        var function = finder.FindWhole(call, inPath, "ListFunctionEventInvokeConfigs");
        var after = Page.After(call);
        var all = function.State.Qualified.Keys.Prepend(FunctionReference.Latest).Select(function.Resolve)
            .Where(qualified => qualified?.Settings.EventInvoke is not null && (after is null || string.CompareOrdinal(qualified.Qualifier, after) > 0));
        var (page, next) = Page.Of(call, all, static qualified => qualified!.Qualifier!, most: 50);
        return call.OkAsync(new EventInvokeList([.. page.Select(qualified => EventInvokeResponse.Of(qualified!)!)], next), ApiJson.Default.EventInvokeList);
    }

    public async Task DeleteAsync(ApiCall call, string inPath)
    {
        await ChangeAsync(
            call, inPath, "DeleteFunctionEventInvokeConfig", static function => function.Settings.EventInvoke is null ? throw Missing(function) : null);
        await call.NoContentAsync();
    }

    public Task GetRecursionAsync(ApiCall call, string inPath)
    {
        return AnswerRecursionAsync(call, finder.FindWhole(call, inPath, "GetFunctionRecursionConfig"));
    }

    public async Task PutRecursionAsync(ApiCall call, string inPath)
    {
        var wanted = call.Json(ApiJson.Default.RecursionBody).RecursiveLoop;
        new FieldCheck().Required("recursiveLoop", wanted).OneOf("recursiveLoop", wanted, "Allow", "Terminate").Throw();
        var name = finder.FindWhole(call, inPath, "PutFunctionRecursionConfig").State.Name;
        var changed = await store.ChangeAsync(
            call.AccountId,
            name,
            zip: null,
            (existing, _) => finder.Existing(existing, call.AccountId, name) with { AllowsRecursion = wanted == "Allow" },
            call.Aborted);
        await AnswerRecursionAsync(call, changed!);
    }

    private static Task AnswerRecursionAsync(ApiCall call, DeployedFunction function) =>
        call.OkAsync(new RecursionBody(function.State.AllowsRecursion ? "Allow" : "Terminate"), ApiJson.Default.RecursionBody);

    private static LambdaException Missing(QualifiedFunction function) =>
        LambdaException.NotFound($"The function {function.Arn}:{function.Qualifier ?? FunctionReference.Latest} doesn't have an EventInvokeConfig");

    private async Task SetAsync(ApiCall call, string inPath, string action, Func<EventInvokeConfig, QualifiedFunction, EventInvokeConfig> merge)
    {
        var request = call.Json(ApiJson.Default.EventInvokeRequest);
        if (request is { MaximumRetryAttempts: null, MaximumEventAgeInSeconds: null, DestinationConfig: null })
        {
            throw LambdaException.InvalidParameter("You must specify at least one of error handling or destination setting.");
        }

        new FieldCheck()
            .Range("maximumRetryAttempts", request.MaximumRetryAttempts, 0, 2)
            .Range("maximumEventAgeInSeconds", request.MaximumEventAgeInSeconds, LeastAgeSeconds, MostAgeSeconds).Throw();
        var asked = new EventInvokeConfig
        {
            MaximumRetryAttempts = request.MaximumRetryAttempts,
            MaximumEventAgeInSeconds = request.MaximumEventAgeInSeconds,
            OnSuccess = await destinations.FindAsync(call, request.DestinationConfig?.OnSuccess, "OnSuccess"),
            OnFailure = await destinations.FindAsync(call, request.DestinationConfig?.OnFailure, "OnFailure"),
            LastModified = time.GetUtcNow(),
        };
        var changed = await ChangeAsync(call, inPath, action, function => merge(asked, function));
        await call.OkAsync(EventInvokeResponse.Of(changed)!, ApiJson.Default.EventInvokeResponse);
    }

    private Task<QualifiedFunction> ChangeAsync(ApiCall call, string inPath, string action, Func<QualifiedFunction, EventInvokeConfig?> change) =>
        store.ChangeSettingsAsync(call, finder.Find(call, inPath, action), now => now.Settings with { EventInvoke = change(now) });
}
