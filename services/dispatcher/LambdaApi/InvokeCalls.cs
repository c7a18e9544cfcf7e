using System.Text.Json;
using System.Text.Unicode;
using Glue.Contracts.Invocations;
using Glue.Dispatcher.Functions;
using Glue.Foundation.Signing;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Reads what all actions that invoke have in common: who asks, for which function, with what event, and how.</summary>
internal sealed class InvokeCalls(SignatureGate gate, FunctionStore functions, DispatcherOptions options)
{
    /// <summary>6 MiB.</summary>
    public const int MaxSyncBytes = 6 * 1024 * 1024;

    // Of base64 (Invoke, ClientContext, read 2026-11).
    private const int MaxClientContext = 3583;

    private static readonly byte[] EmptyObject = "{}"u8.ToArray();
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = 1000 };

    /// <param name="context">The request; its body is read.</param>
    /// <param name="inPath">Name or ARN.</param>
    /// <param name="action">AWS's name of the action.</param>
    /// <param name="requestId">The invocation's id to be.</param>
    /// <exception cref="LambdaException">It may not be, or cannot be.</exception>
    public async ValueTask<InvokeCall> ReadAsync(HttpContext context, string inPath, string action, string requestId)
    {
        gate.AdmitBody(context.Request);
        var body = await RequestBody.ReadAsync(context, MaxSyncBytes)
            ?? throw LambdaException.TooLarge($"Request must be smaller than {MaxSyncBytes} bytes for the {action} operation");
        try
        {
            var caller = gate.Admit(context.Request, body.Memory.Span);
            string? qualifier = context.Request.QueryString.HasValue ? context.Request.Query["Qualifier"] : default;
            var reference = ApiCall.Resolve(
                inPath, string.IsNullOrEmpty(qualifier) ? null : qualifier, caller.AccountId, options.Region, action, mayBeOthers: true);
            var function = reference.AccountId is { } owner && owner != caller.AccountId
                ? Lent(caller, owner, reference, inPath)
                : functions.Resolve(caller.AccountId, reference.Name, reference.Qualifier) ?? throw NotFound(caller, reference);
            var payload = body.Memory.IsEmpty ? EmptyObject : body.Memory;
            CheckJson(payload.Span);
            Unserved(context.Request.Headers);
            return new InvokeCall(function, body, payload, requestId);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>What is asked for; RequestResponse unless it is said.</summary>
    /// <param name="request">Its header says it.</param>
    /// <param name="mayBeEvent">Whether the action has asynchronous invocations.</param>
    /// <exception cref="LambdaException">There is no such type.</exception>
    public static InvocationType TypeOf(HttpRequest request, bool mayBeEvent) => request.Headers["X-Amz-Invocation-Type"].ToString() switch
    {
        "" or nameof(InvocationType.RequestResponse) => InvocationType.RequestResponse,
        nameof(InvocationType.DryRun) => InvocationType.DryRun,
        nameof(InvocationType.Event) when mayBeEvent => InvocationType.Event,
        var other => throw LambdaException.Validation(
            $"Value '{other}' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [{(mayBeEvent ? "Event, " : "")}RequestResponse, DryRun]"),
    };

    /// <summary>It might be invoked so: everything but the run has been checked.</summary>
    public static Task AnswerDryRunAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>With the headers that say how.</summary>
    /// <exception cref="LambdaException">One of them cannot be.</exception>
    public static InvokeRequest RequestOf(HttpContext context, InvokeCall call)
    {
        var headers = context.Request.Headers;
        string? clientContext = headers["X-Amz-Client-Context"], logType = headers["X-Amz-Log-Type"];
        if (logType is not (null or "None" or "Tail"))
        {
            throw LambdaException.Validation($"Value '{logType}' at 'logType' failed to satisfy constraint: Member must satisfy enum value set: [None, Tail]");
        }

        if (clientContext is not null && !IsClientContext(clientContext))
        {
            throw LambdaException.BadContent($"Client context must be a valid Base64-encoded JSON object of at most {MaxClientContext} characters.");
        }

        return call.ToRequest(clientContext, headers.TraceParent, logType == "Tail");
    }

    /// <summary>A runtime that cannot read it would end as a whole, not only the invocation.</summary>
    private static bool IsClientContext(string text)
    {
        Span<byte> decoded = stackalloc byte[MaxClientContext];
        if (text.Length > MaxClientContext || !Convert.TryFromBase64String(text, decoded, out var length) || !Utf8.IsValid(decoded[..length]))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(decoded[..length]);
            var isObject = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
            while (reader.Read())
            {
            }

            return isObject;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>What would change what is run, and is not served: better refused than run otherwise.</summary>
    private static void Unserved(IHeaderDictionary headers)
    {
        FunctionRules.Refuse(headers.ContainsKey("X-Amz-Tenant-Id"), "TenantId", "no function here has TenancyConfig");
        FunctionRules.Refuse(headers.ContainsKey("X-Amz-Durable-Execution-Name"), "DurableExecutionName", "no function here has DurableConfig");
    }

    private static void CheckJson(ReadOnlySpan<byte> payload)
    {
        try
        {
            var reader = new Utf8JsonReader(payload, AnyDepth);
            while (reader.Read())
            {
            }
        }
        catch (JsonException e)
        {
            throw LambdaException.BadContent($"Could not parse request body into json: Could not parse payload into json: {e.Message}");
        }

        if (!Utf8.IsValid(payload)) // the reader looks at structure, not into strings
        {
            throw LambdaException.BadContent("Could not parse request body into json: Could not parse payload into json: it is not UTF-8.");
        }
    }

    /// <summary>Another account's function, if its policy lets the caller invoke it. Whether there is one is else its owner's business.</summary>
    private QualifiedFunction Lent(Credential caller, string owner, in FunctionReference reference, string inPath) =>
        functions.Resolve(owner, reference.Name, reference.Qualifier) is { } function
        && function.Settings.Policy.AllowsAccount(caller.AccountId, "lambda:InvokeFunction")
            ? function
            : throw LambdaException.AccessDenied("InvokeFunction", inPath);

    private LambdaException NotFound(Credential caller, FunctionReference reference)
    {
        var arn = $"arn:aws:lambda:{options.Region}:{caller.AccountId}:function:{reference.Name}";
        return LambdaException.FunctionNotFound(reference.Qualifier is null ? arn : $"{arn}:{reference.Qualifier}");
    }
}
