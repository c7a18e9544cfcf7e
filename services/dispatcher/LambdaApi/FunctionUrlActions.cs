using System.Globalization;
using Glue.Dispatcher.Functions;
using Glue.Dispatcher.FunctionUrls;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>The FunctionUrlConfig family: the settings. What is called at the URLs is <see cref="FunctionUrlHandler"/>.</summary>
internal sealed class FunctionUrlActions(FunctionFinder finder, FunctionStore store, FunctionUrlAddress address, TimeProvider time)
{
    public async Task CreateAsync(ApiCall call, string inPath)
    {
        var request = call.Json(ApiJson.Default.FunctionUrlRequest);
        FunctionUrlRules.Check(request, isNew: true);
        var now = time.GetUtcNow();
        var made = await ChangeAsync(call, inPath, "CreateFunctionUrlConfig", function => function.Settings.Url is null
            ? new FunctionUrl
            {
                Id = FunctionUrlAddress.NewId(),
                AuthType = request.AuthType!,
                InvokeMode = request.InvokeMode ?? FunctionUrl.Buffered,
                Cors = request.Cors,
                Created = now,
                LastModified = now,
            }
            : throw LambdaException.Conflict(
                $"Failed to create function url config for [functionArn = {function.InvokedArn}]. Error message:  FunctionUrlConfig exists for this Lambda function"));
        var url = made.Settings.Url!;
        await call.OkAsync(
            new FunctionUrlCreated(address.Of(url.Id, call.Context.Request), made.InvokedArn, url.AuthType, url.Cors, Text(url.Created), url.InvokeMode),
            ApiJson.Default.FunctionUrlCreated, StatusCodes.Status201Created);
    }

    public async Task UpdateAsync(ApiCall call, string inPath)
    {
        var request = call.Json(ApiJson.Default.FunctionUrlRequest);
        FunctionUrlRules.Check(request, isNew: false);
        var changed = await ChangeAsync(call, inPath, "UpdateFunctionUrlConfig", function => Existing(function) with
        {
            AuthType = request.AuthType ?? function.Settings.Url!.AuthType,
            InvokeMode = request.InvokeMode ?? function.Settings.Url!.InvokeMode,
            Cors = request.Cors ?? function.Settings.Url!.Cors,
            LastModified = time.GetUtcNow(),
        });
        await call.OkAsync(Describe(call, changed), ApiJson.Default.FunctionUrlResponse);
    }

    public Task GetAsync(ApiCall call, string inPath)
    {
        var function = finder.Find(call, inPath, "GetFunctionUrlConfig");
        FunctionUrlRules.CheckQualifier(function.Qualifier);
        return call.OkAsync(Describe(call, function), ApiJson.Default.FunctionUrlResponse);
    }

    public Task ListAsync(ApiCall call, string inPath)
    {
        var function = finder.FindWhole(call, inPath, "ListFunctionUrlConfigs");
        var after = Page.After(call);
        // The function's own has no qualifier: it comes first, and $ is before every name.
        var all = function.State.Qualified.Keys.Select(static qualifier => (string?)qualifier).Prepend(null).Select(function.Resolve)
            .Where(qualified => qualified?.Settings.Url is not null && (after is null || string.CompareOrdinal(qualified.Qualifier ?? FunctionReference.Latest, after) > 0));
        var (page, next) = Page.Of(call, all, static qualified => qualified!.Qualifier ?? FunctionReference.Latest, most: 50);
        return call.OkAsync(new FunctionUrlList([.. page.Select(qualified => Describe(call, qualified!))], next), ApiJson.Default.FunctionUrlList);
    }

    public async Task DeleteAsync(ApiCall call, string inPath)
    {
        await ChangeAsync(call, inPath, "DeleteFunctionUrlConfig", static function =>
        {
            Existing(function);
            return null;
        });
        await call.NoContentAsync();
    }

    private static FunctionUrl Existing(QualifiedFunction function) =>
        function.Settings.Url ?? throw LambdaException.NotFound("The resource you requested does not exist.");

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private FunctionUrlResponse Describe(ApiCall call, QualifiedFunction function)
    {
        var url = Existing(function);
        return new FunctionUrlResponse(
            address.Of(url.Id, call.Context.Request), function.InvokedArn, url.AuthType, url.Cors, Text(url.Created), Text(url.LastModified), url.InvokeMode);
    }

    private Task<QualifiedFunction> ChangeAsync(ApiCall call, string inPath, string action, Func<QualifiedFunction, FunctionUrl?> change)
    {
        var function = finder.Find(call, inPath, action);
        FunctionUrlRules.CheckQualifier(function.Qualifier);
        return store.ChangeSettingsAsync(call, function, now => now.Settings with { Url = change(now) });
    }
}
