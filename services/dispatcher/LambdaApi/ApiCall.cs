using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Glue.Dispatcher.Functions;
using Glue.Foundation.Signing;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>A verified request and its body, as the actions read it.</summary>
internal sealed class ApiCall(HttpContext context, Credential caller, Memory<byte> body, string region)
{
    public HttpContext Context => context;

    public Credential Caller => caller;

    public string AccountId => caller.AccountId;

    public CancellationToken Aborted => context.RequestAborted;

    /// <summary>Null when absent or empty.</summary>
    public string? Query(string name) => context.Request.Query.TryGetValue(name, out var value) && value.Count > 0 && value[0] is { Length: > 0 } text ? text : null;

    /// <exception cref="LambdaException">Not JSON, or not of that shape.</exception>
    public T Json<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, type) ?? throw LambdaException.BadContent("Could not parse request body into json: it is null.");
        }
        catch (JsonException e)
        {
            throw LambdaException.BadContent($"Could not parse request body into json: {e.Message}");
        }
    }

    /// <summary>What a field holds, decoded once: the body cannot be read again after.</summary>
    /// <exception cref="LambdaException">It is not base64.</exception>
    public ReadOnlyMemory<byte> Decode(Base64InBody field)
    {
        try
        {
            return Base64InBody.Decode(body.Slice(field.Start, field.Length));
        }
        catch (JsonException e)
        {
            throw LambdaException.BadContent($"Could not parse request body into json: {e.Message}");
        }
    }

    /// <summary><see cref="Json"/> of an action whose body may be left out; null then.</summary>
    public T? JsonOrEmpty<T>(JsonTypeInfo<T> type)
        where T : class => body.IsEmpty ? null : Json(type);

    /// <summary>Whom the path names; the qualifier may stand there or in the query.</summary>
    public FunctionReference Function(string inPath, string action) => Resolve(inPath, Query("Qualifier"), AccountId, region, action);

    public Task OkAsync<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) => Responses.WriteAsync(context, status, value, type);

    public Task NoContentAsync()
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <param name="inPath">Name or ARN.</param>
    /// <param name="qualifier">Of the query; null: none.</param>
    /// <param name="accountId">The caller's.</param>
    /// <param name="region">This one.</param>
    /// <param name="action">AWS's name of what is asked for.</param>
    /// <param name="mayBeOthers">True: it may name another account's; the caller looks at that function's policy.</param>
    /// <exception cref="LambdaException">It is no name, or another account's or region's.</exception>
    public static FunctionReference Resolve(
        string inPath, string? qualifier, string accountId, string region, string action, bool mayBeOthers = false)
    {
        if (!FunctionReference.TryParse(inPath, out var reference))
        {
            throw LambdaException.Validation(
                $"Value '{inPath}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: {FunctionReference.Pattern}");
        }

        if (!mayBeOthers && reference.AccountId is { } owner && owner != accountId)
        {
            throw LambdaException.AccessDenied(action, inPath);
        }

        if (reference.Region is { } named && named != region)
        {
            throw LambdaException.NotFound($"Functions from '{named}' are not reachable in this region ('{region}')");
        }

        if (qualifier is null)
        {
            return reference;
        }

        if (!FunctionReference.IsQualifier(qualifier))
        {
            throw LambdaException.Validation(
                $@"Value '{qualifier}' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: \$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+");
        }

        return reference.Qualifier is { } inName && inName != qualifier
            ? throw LambdaException.InvalidParameter("The derived qualifier from the function name does not match the specified qualifier.")
            : reference with { Qualifier = qualifier };
    }
}
