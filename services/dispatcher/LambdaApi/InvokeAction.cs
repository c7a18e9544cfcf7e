using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;
using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Dispatcher.Admission;
using Glue.Dispatcher.Backlog;
using Glue.Dispatcher.Functions;
using Glue.Dispatcher.Idempotency;
using Glue.Dispatcher.Placement;
using Glue.Foundation.Signing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>
/// Invoke: the one action on the hot path. Signature, a dictionary read, admission, the worker; no SQL, no parsing but the check
/// that the payload is JSON, nothing logged unless it fails.
/// </summary>
internal sealed class InvokeAction(
    SignatureGate gate,
    FunctionStore functions,
    ConcurrencyLimits limits,
    WorkerPool workers,
    QueueEntrance entrance,
    RunningKeys keys,
    OutcomeStore outcomes,
    OutcomeKeeper keeper,
    DispatcherOptions options,
    TimeProvider time,
    InvokeMetrics metrics,
    ILogger<InvokeAction> logger)
{
    private const int MaxSyncBytes = 6 * 1024 * 1024;
    private const int MaxAsyncBytes = 1024 * 1024;

    // Clients give up after a minute, most of them.
    private static readonly TimeSpan KeepPatience = TimeSpan.FromSeconds(30);

    private static readonly byte[] EmptyObject = "{}"u8.ToArray();
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = 1000 };

    public async Task InvokeAsync(HttpContext context, string inPath, string requestId)
    {
        gate.AdmitBody(context.Request);
        using var body = await RequestBody.ReadAsync(context, MaxSyncBytes)
            ?? throw LambdaException.TooLarge($"Request must be smaller than {MaxSyncBytes} bytes for the InvokeFunction operation");
        var caller = gate.Admit(context.Request, body.Memory.Span);
        string? qualifier = context.Request.QueryString.HasValue ? context.Request.Query["Qualifier"] : default;
        var reference = ApiCall.Resolve(
            inPath, string.IsNullOrEmpty(qualifier) ? null : qualifier, caller.AccountId, options.Region, "InvokeFunction", mayBeOthers: true);
        var function = reference.AccountId is { } owner && owner != caller.AccountId
            ? Lent(caller, owner, reference, inPath)
            : functions.Resolve(caller.AccountId, reference.Name, reference.Qualifier) ?? throw NotFound(caller, reference);
        var payload = body.Memory.IsEmpty ? EmptyObject : body.Memory;
        CheckJson(payload.Span);
        switch (context.Request.Headers["X-Amz-Invocation-Type"].ToString())
        {
            case "" or "RequestResponse":
                await RunAsync(context, function, payload, requestId);
                break;
            case "Event":
                await EnqueueAsync(context, function, payload, requestId);
                break;
            case "DryRun":
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case var other:
                throw LambdaException.Validation(
                    $"Value '{other}' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]");
        }
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

    private static Task AnswerAsync(HttpContext context, InvokeOutcome outcome, string executedVersion, bool wantsLogTail)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/json";
        response.ContentLength = outcome.Payload.Length;
        response.Headers["X-Amz-Executed-Version"] = executedVersion;
        if (outcome.Status == InvokeStatus.FunctionError)
        {
            response.Headers["X-Amz-Function-Error"] = "Unhandled";
        }

        if (wantsLogTail)
        {
            response.Headers["X-Amz-Log-Result"] = Convert.ToBase64String(outcome.LogTail.Span);
        }

        return outcome.Payload.IsEmpty ? Task.CompletedTask : response.BodyWriter.WriteAsync(outcome.Payload).AsTask();
    }

    private async Task RunAsync(HttpContext context, QualifiedFunction function, ReadOnlyMemory<byte> payload, string requestId)
    {
        var headers = context.Request.Headers;
        string? clientContext = headers["X-Amz-Client-Context"], traceParent = headers.TraceParent, logType = headers["X-Amz-Log-Type"];
        if (logType is not (null or "None" or "Tail"))
        {
            throw LambdaException.Validation($"Value '{logType}' at 'logType' failed to satisfy constraint: Member must satisfy enum value set: [None, Tail]");
        }

        if (clientContext is not null && !Base64.IsValid(clientContext))
        {
            throw LambdaException.BadContent("Client context must be a valid Base64-encoded JSON object.");
        }

        var request = new InvokeRequest
        {
            RequestId = requestId,
            Payload = payload,
            InvokedFunctionArn = function.InvokedArn,
            ClientContext = clientContext,
            TraceParent = traceParent,
            WantsLogTail = logType == "Tail",
        };
        if (function.Function.Idempotency is { } rule && rule.KeyOf(payload) is { } key)
        {
            await RunOnceAsync(context, function, request, key, rule.Ttl);
            return;
        }

        var version = function.Choose(requestId);
        var outcome = await RunAsync(function, version, request);
        await AnswerAsync(context, outcome, version.Version, request.WantsLogTail);
    }

    /// <summary>Waits for whoever runs the same key, and answers with what is kept, or runs and keeps a success before it answers.</summary>
    private async Task RunOnceAsync(HttpContext context, QualifiedFunction function, InvokeRequest request, IdempotencyKey key, TimeSpan ttl)
    {
        IDisposable? hold;
        while ((hold = keys.TryHold(key)) is null)
        {
            await keys.WhenFree(key).WaitAsync(context.RequestAborted);
        }

        var isHandedOver = false;
        try
        {
            var version = function.Choose(request.RequestId);
            if (outcomes.Find(key) is { } kept)
            {
                context.Response.Headers["x-glue-idempotent-repeat-of"] = kept.RequestId;
                await AnswerAsync(context, new InvokeOutcome { Status = InvokeStatus.Succeeded, Payload = kept.Payload }, version.Version, request.WantsLogTail);
                return;
            }

            if (keeper.IsFailing)
            {
                throw LambdaException.Unavailable("Outcomes of idempotent functions cannot be written at present, so nothing ran (is the disk full?). Try again later.");
            }

            var outcome = await RunAsync(function, version, request);
            if (outcome.Status == InvokeStatus.Succeeded)
            {
                isHandedOver = true;
                await WaitAsync(keeper.KeepAsync(new KeptOutcome(key.Text, request.RequestId, outcome.Payload, time.GetUtcNow() + ttl), hold), context.RequestAborted);
            }

            await AnswerAsync(context, outcome, version.Version, request.WantsLogTail);
        }
        finally
        {
            if (!isHandedOver)
            {
                hold.Dispose();
            }
        }
    }

    /// <summary>The answer must not be given before it is on disk; but a caller need not wait for a disk for ever.</summary>
    private async Task WaitAsync(Task keeping, CancellationToken aborted)
    {
        try
        {
            await keeping.WaitAsync(KeepPatience, time, aborted);
        }
        catch (TimeoutException)
        {
            throw LambdaException.Unavailable(
                "The function has run and succeeded, but its outcome cannot be written yet (is the disk full?). Repeat the call: it gets this outcome, and the function does not run again.");
        }
    }

    private async Task<InvokeOutcome> RunAsync(QualifiedFunction function, FunctionVersion version, InvokeRequest request)
    {
        var started = time.GetTimestamp();
        var outcome = await InvokeWorkerAsync(function, version, request);
        metrics.Invoked(outcome.Status, time.GetElapsedTime(started));
        if (outcome.Status == InvokeStatus.NotRun)
        {
            throw LambdaException.Unavailable(outcome.Reason ?? "The function could not be run.");
        }

        return outcome;
    }

    private async ValueTask<InvokeOutcome> InvokeWorkerAsync(QualifiedFunction function, FunctionVersion version, InvokeRequest request)
    {
        var admission = limits.TryEnter(AdmissionRequest.Of(function), out var place);
        if (admission != AdmissionResult.Admitted)
        {
            metrics.Throttled();
            throw LambdaException.Throttled(admission);
        }

        try
        {
            var worker = workers.Select(version) ?? throw LambdaException.Unavailable("No worker is connected.");
            try
            {
                // Not the caller's token: as with Lambda, a function once started ends by itself though its caller left.
                return await worker.InvokeAsync(version, request, CancellationToken.None);
            }
            catch (Exception e)
            {
                Log.WorkerFailed(logger, worker.Id, function.State.Name, request.RequestId, e);
                throw LambdaException.Unavailable($"The function could not be run: {e.Message}");
            }
        }
        finally
        {
            limits.Leave(place);
        }
    }

    private async Task EnqueueAsync(HttpContext context, QualifiedFunction function, ReadOnlyMemory<byte> payload, string requestId)
    {
        if (payload.Length > MaxAsyncBytes)
        {
            throw LambdaException.TooLarge($"{payload.Length} byte payload is too large for the Event invocation type (limit {MaxAsyncBytes} bytes)");
        }

        var invocation = new Invocation
        {
            Id = requestId,
            AccountId = function.State.AccountId,
            FunctionName = function.State.Name,
            Qualifier = function.Qualifier,
            Payload = payload,
            TraceParent = context.Request.Headers.TraceParent,
            AcceptedAt = time.GetUtcNow(),
        };
        if (!await entrance.TryTakeAsync(invocation))
        {
            metrics.Throttled();
            throw LambdaException.QueueFull(invocation.AccountId);
        }

        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.ContentLength = 0;
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
