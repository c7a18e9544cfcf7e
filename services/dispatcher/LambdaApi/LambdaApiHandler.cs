using System.Text.RegularExpressions;
using Glue.Dispatcher.Accounts;
using Glue.Dispatcher.DeadLetters;
using Glue.Dispatcher.Destinations.Webhooks;
using Glue.Dispatcher.Functions;
using Glue.Dispatcher.Ledger;
using Glue.Dispatcher.Roles;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>The API's front door: finds the action of a request, and turns every failure into AWS's error.</summary>
internal sealed class LambdaApiHandler(
    SignatureGate gate,
    InvokeAction invoke,
    StreamAction stream,
    FunctionActions functions,
    FunctionUpdates updates,
    VersionActions versions,
    AliasActions aliases,
    ProvisionedActions provisioned,
    LayerActions layers,
    LayerPermissionActions layerPermissions,
    RuntimeManagementActions runtimes,
    PermissionActions permissions,
    TagActions tags,
    AccountActions account,
    ConcurrencyActions concurrency,
    EventInvokeActions eventInvoke,
    EventSourceActions eventSources,
    FunctionUrlActions urls,
    DeadLetterApi deadLetters,
    AccountsApi accounts,
    WebhooksApi webhooks,
    RolesApi roles,
    LedgerApi ledger,
    CodeDownloads downloads,
    DispatcherOptions options,
    ILogger<LambdaApiHandler> logger)
{
    private const string FunctionsPath = "/2015-03-31/functions/";
    private const string InvocationsSuffix = "/invocations";
    private const string StreamPath = "/2021-11-15/functions/";
    private const string StreamSuffix = "/response-streaming-invocations";

    // A zip of the largest size in base64, and room for the other fields: AWS's own number.
    private const int MaxBodyBytes = 69_905_067;

    public async Task HandleAsync(HttpContext context)
    {
        var requestId = Guid.CreateVersion7().ToString(); // rises with time: the queue's index of ids takes it at its end
        context.Response.Headers["x-amzn-RequestId"] = requestId;
        try
        {
            await RouteAsync(context, requestId);
        }
        catch (LambdaException e)
        {
            Log.Refused(logger, context.Request.Method, context.Request.Path.Value, e.Type, e.Message);
            await AnswerAsync(context, e);
        }
        catch (BadHttpRequestException e)
        {
            await AnswerAsync(context, new LambdaException(e.StatusCode, "InvalidRequestContentException", e.Message));
        }
        catch (RegexMatchTimeoutException e)
        {
            await AnswerAsync(context, LambdaException.BadContent($"A field could not be checked within {e.MatchTimeout.TotalSeconds:0.#} s: it is too long."));
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller left; there is nobody to tell.
        }
        catch (Exception e)
        {
            Log.RequestFailed(logger, context.Request.Method, context.Request.Path.Value, requestId, e);
            await AnswerAsync(context, new LambdaException(
                500, "ServiceException", $"The request failed here, not by your fault: {e.Message} The log has more under request {requestId}."));
        }
    }

    /// <summary>What has begun to answer cannot answer otherwise: the connection is cut, so that nobody takes half for all.</summary>
    private static Task AnswerAsync(HttpContext context, LambdaException error)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        return Responses.WriteErrorAsync(context, error);
    }

    private Task RouteAsync(HttpContext context, string requestId)
    {
        var path = context.Request.Path.Value ?? "/";

        // The hot one first, without splitting the path.
        if (path.StartsWith(FunctionsPath, StringComparison.Ordinal) && path.EndsWith(InvocationsSuffix, StringComparison.Ordinal)
            && path.Length > FunctionsPath.Length + InvocationsSuffix.Length && HttpMethods.IsPost(context.Request.Method))
        {
            return invoke.InvokeAsync(context, path[FunctionsPath.Length..^InvocationsSuffix.Length], requestId);
        }

        if (path.StartsWith(StreamPath, StringComparison.Ordinal) && path.EndsWith(StreamSuffix, StringComparison.Ordinal)
            && path.Length > StreamPath.Length + StreamSuffix.Length && HttpMethods.IsPost(context.Request.Method))
        {
            return stream.InvokeAsync(context, path[StreamPath.Length..^StreamSuffix.Length], requestId);
        }

        if (HttpMethods.IsPost(context.Request.Method) && path.Trim('/').Split('/') is ["2014-11-13", "functions", var name, "invoke-async"])
        {
            return invoke.InvokeLaterAsync(context, name, requestId);
        }

        if (path.StartsWith(CodeDownloads.PathPrefix, StringComparison.Ordinal)
            && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)))
        {
            return downloads.ServeAsync(context);
        }

        return CallAsync(context, path);
    }

    private async Task CallAsync(HttpContext context, string path)
    {
        gate.AdmitBody(context.Request);
        using var body = await RequestBody.ReadAsync(context, MaxBodyBytes)
            ?? throw LambdaException.TooLarge($"Request must be smaller than {MaxBodyBytes} bytes");
        var caller = gate.Admit(context.Request, body.Memory.Span);
        var call = new ApiCall(context, caller, body.Memory, options.Region);
        await ActAsync(call, context.Request.Method, path.Trim('/').Split('/'));
    }

    private Task ActAsync(ApiCall call, string method, string[] path) => (method, path) switch
    {
        ("POST", ["2015-03-31", "functions"]) => functions.CreateFunctionAsync(call),
        ("GET", ["2015-03-31", "functions"]) => functions.ListFunctionsAsync(call),
        ("GET", ["2015-03-31", "functions", var name]) => functions.GetFunctionAsync(call, name),
        ("DELETE", ["2015-03-31", "functions", var name]) => functions.DeleteFunctionAsync(call, name),
        ("GET", ["2015-03-31", "functions", var name, "configuration"]) => functions.GetFunctionConfigurationAsync(call, name),
        ("PUT", ["2015-03-31", "functions", var name, "configuration"]) => updates.UpdateFunctionConfigurationAsync(call, name),
        ("PUT", ["2015-03-31", "functions", var name, "code"]) => updates.UpdateFunctionCodeAsync(call, name),
        ("GET", ["2015-03-31", "functions", var name, "versions"]) => versions.ListVersionsByFunctionAsync(call, name),
        ("POST", ["2015-03-31", "functions", var name, "versions"]) => versions.PublishVersionAsync(call, name),
        ("POST", ["2015-03-31", "functions", var name, "aliases"]) => aliases.CreateAliasAsync(call, name),
        ("GET", ["2015-03-31", "functions", var name, "aliases"]) => aliases.ListAliasesAsync(call, name),
        ("GET", ["2015-03-31", "functions", var name, "aliases", var alias]) => aliases.GetAliasAsync(call, name, alias),
        ("PUT", ["2015-03-31", "functions", var name, "aliases", var alias]) => aliases.UpdateAliasAsync(call, name, alias),
        ("DELETE", ["2015-03-31", "functions", var name, "aliases", var alias]) => aliases.DeleteAliasAsync(call, name, alias),
        ("POST", ["2015-03-31", "functions", var name, "policy"]) => permissions.AddPermissionAsync(call, name),
        ("GET", ["2015-03-31", "functions", var name, "policy"]) => permissions.GetPolicyAsync(call, name),
        ("DELETE", ["2015-03-31", "functions", var name, "policy", var sid]) => permissions.RemovePermissionAsync(call, name, sid),
        ("GET", ["2017-03-31", "tags", var arn]) => tags.ListTagsAsync(call, arn),
        ("POST", ["2017-03-31", "tags", var arn]) => tags.TagResourceAsync(call, arn),
        ("DELETE", ["2017-03-31", "tags", var arn]) => tags.UntagResourceAsync(call, arn),
        ("GET", ["2019-09-30", "functions", var name, "concurrency"]) => concurrency.GetAsync(call, name),
        ("PUT", ["2017-10-31", "functions", var name, "concurrency"]) => concurrency.PutAsync(call, name),
        ("DELETE", ["2017-10-31", "functions", var name, "concurrency"]) => concurrency.DeleteAsync(call, name),
        ("PUT", ["2019-09-30", "functions", var name, "provisioned-concurrency"]) => provisioned.PutAsync(call, name),
        ("GET", ["2019-09-30", "functions", var name, "provisioned-concurrency"]) when call.Query("List") == "ALL" => provisioned.ListAsync(call, name),
        ("GET", ["2019-09-30", "functions", var name, "provisioned-concurrency"]) => provisioned.GetAsync(call, name),
        ("DELETE", ["2019-09-30", "functions", var name, "provisioned-concurrency"]) => provisioned.DeleteAsync(call, name),
        ("GET", ["2021-07-20", "functions", var name, "runtime-management-config"]) => runtimes.GetAsync(call, name),
        ("PUT", ["2021-07-20", "functions", var name, "runtime-management-config"]) => runtimes.PutAsync(call, name),
        ("GET", ["2018-10-31", "layers"]) when call.Query("find") == "LayerVersion" => layers.GetLayerVersionByArnAsync(call),
        ("GET", ["2018-10-31", "layers"]) => layers.ListLayersAsync(call),
        ("POST", ["2018-10-31", "layers", var layer, "versions"]) => layers.PublishLayerVersionAsync(call, layer),
        ("GET", ["2018-10-31", "layers", var layer, "versions"]) => layers.ListLayerVersionsAsync(call, layer),
        ("GET", ["2018-10-31", "layers", var layer, "versions", var number]) => layers.GetLayerVersionAsync(call, layer, number),
        ("DELETE", ["2018-10-31", "layers", var layer, "versions", var number]) => layers.DeleteLayerVersionAsync(call, layer, number),
        ("POST", ["2018-10-31", "layers", var layer, "versions", var number, "policy"]) => layerPermissions.AddAsync(call, layer, number),
        ("GET", ["2018-10-31", "layers", var layer, "versions", var number, "policy"]) => layerPermissions.GetAsync(call, layer, number),
        ("DELETE", ["2018-10-31", "layers", var layer, "versions", var number, "policy", var sid]) => layerPermissions.RemoveAsync(call, layer, number, sid),
        ("GET", ["2020-06-30", "functions", var name, "code-signing-config"]) => account.GetFunctionCodeSigningConfigAsync(call, name),
        ("GET", ["2016-08-19", "account-settings"]) => account.GetAccountSettingsAsync(call),
        ("PUT", ["2019-09-25", "functions", var name, "event-invoke-config"]) => eventInvoke.PutAsync(call, name),
        ("POST", ["2019-09-25", "functions", var name, "event-invoke-config"]) => eventInvoke.UpdateAsync(call, name),
        ("GET", ["2019-09-25", "functions", var name, "event-invoke-config"]) => eventInvoke.GetAsync(call, name),
        ("DELETE", ["2019-09-25", "functions", var name, "event-invoke-config"]) => eventInvoke.DeleteAsync(call, name),
        ("GET", ["2019-09-25", "functions", var name, "event-invoke-config", "list"]) => eventInvoke.ListAsync(call, name),
        ("POST", ["2021-10-31", "functions", var name, "url"]) => urls.CreateAsync(call, name),
        ("PUT", ["2021-10-31", "functions", var name, "url"]) => urls.UpdateAsync(call, name),
        ("GET", ["2021-10-31", "functions", var name, "url"]) => urls.GetAsync(call, name),
        ("DELETE", ["2021-10-31", "functions", var name, "url"]) => urls.DeleteAsync(call, name),
        ("GET", ["2021-10-31", "functions", var name, "urls"]) => urls.ListAsync(call, name),
        ("GET", ["2024-08-31", "functions", var name, "recursion-config"]) => eventInvoke.GetRecursionAsync(call, name),
        ("PUT", ["2024-08-31", "functions", var name, "recursion-config"]) => eventInvoke.PutRecursionAsync(call, name),
        ("POST", ["2015-03-31", "event-source-mappings"]) => eventSources.CreateAsync(call),
        ("GET", ["2015-03-31", "event-source-mappings"]) => eventSources.ListAsync(call),
        ("GET", ["2015-03-31", "event-source-mappings", var uuid]) => eventSources.GetAsync(call, uuid),
        ("PUT", ["2015-03-31", "event-source-mappings", var uuid]) => eventSources.UpdateAsync(call, uuid),
        ("DELETE", ["2015-03-31", "event-source-mappings", var uuid]) => eventSources.DeleteAsync(call, uuid),
        ("POST", ["glue", "v1", "dead-letters", "redrive"]) => deadLetters.RedriveAllAsync(call),
        ("POST", ["glue", "v1", "dead-letters", var id, "redrive"]) => deadLetters.RedriveOneAsync(call, id),
        ("POST", ["glue", "v1", "accounts"]) => accounts.AddAsync(call),
        ("GET", ["glue", "v1", "accounts"]) => accounts.ListAsync(call),
        ("GET", ["glue", "v1", "accounts", var id]) => accounts.GetAsync(call, id),
        ("PATCH", ["glue", "v1", "accounts", var id]) => accounts.LimitAsync(call, id),
        ("DELETE", ["glue", "v1", "accounts", var id]) => accounts.RemoveAsync(call, id),
        ("POST", ["glue", "v1", "accounts", var id, "keys"]) => accounts.AddKeyAsync(call, id),
        ("GET", ["glue", "v1", "accounts", var id, "keys"]) => accounts.ListKeysAsync(call, id),
        ("DELETE", ["glue", "v1", "accounts", var id, "keys", var key]) => accounts.RemoveKeyAsync(call, id, key),
        ("GET", ["glue", "v1", "accounts", var id, "roles"]) => roles.ListAsync(call, accounts.Managed(call, id)),
        ("PUT", ["glue", "v1", "accounts", var id, "roles", var name]) => roles.PutAsync(call, accounts.Managed(call, id), name),
        ("GET", ["glue", "v1", "accounts", var id, "roles", var name]) => roles.GetAsync(call, accounts.Managed(call, id), name),
        ("DELETE", ["glue", "v1", "accounts", var id, "roles", var name]) => roles.RemoveAsync(call, accounts.Managed(call, id), name),
        ("GET", ["glue", "v1", "roles"]) => roles.ListAsync(call, call.AccountId),
        ("PUT", ["glue", "v1", "roles", var name]) => roles.PutAsync(call, call.AccountId, name),
        ("GET", ["glue", "v1", "roles", var name]) => roles.GetAsync(call, call.AccountId, name),
        ("DELETE", ["glue", "v1", "roles", var name]) => roles.RemoveAsync(call, call.AccountId, name),
        ("GET", ["glue", "v1", "accounts", var id, "webhooks"]) => webhooks.ListAsync(call, accounts.Managed(call, id)),
        ("PUT", ["glue", "v1", "accounts", var id, "webhooks", var name]) => webhooks.PutAsync(call, accounts.Managed(call, id), name),
        ("DELETE", ["glue", "v1", "accounts", var id, "webhooks", var name]) => webhooks.RemoveAsync(call, accounts.Managed(call, id), name),
        ("PUT", ["glue", "v1", "webhooks", var name]) => webhooks.PutAsync(call, call.AccountId, name),
        ("GET", ["glue", "v1", "webhooks"]) => webhooks.ListAsync(call, call.AccountId),
        ("DELETE", ["glue", "v1", "webhooks", var name]) => webhooks.RemoveAsync(call, call.AccountId, name),
        ("GET", ["glue", "v1", "account"]) => accounts.GetOwnAsync(call),
        ("GET", ["glue", "v1", "invocations"]) => ledger.ListAsync(call),
        ("GET", ["glue", "v1", "invocations", var id]) => ledger.GetAsync(call, id),
        _ => throw LambdaException.UnknownOperation(method, "/" + string.Join('/', path)),
    };
}
