using Glue.Contracts.Invocations;
using Glue.Dispatcher.Backlog;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>
/// Invoke: the one action on the hot path. Signature, a dictionary read, admission, the worker; no SQL, no parsing but the check
/// that the payload is JSON, nothing logged unless it fails.
/// </summary>
internal sealed class InvokeAction(InvokeCalls calls, SyncInvoker invoker, QueueEntrance entrance, TimeProvider time, InvokeMetrics metrics)
{
    private const int MaxAsyncBytes = 1024 * 1024;

    public async Task InvokeAsync(HttpContext context, string inPath, string requestId)
    {
        using var call = await calls.ReadAsync(context, inPath, "InvokeFunction", requestId);
        await (InvokeCalls.TypeOf(context.Request, mayBeEvent: true) switch
        {
            InvocationType.RequestResponse => RunAsync(context, call),
            InvocationType.Event => EnqueueAsync(context, call),
            _ => InvokeCalls.AnswerDryRunAsync(context),
        });
    }

    /// <summary>InvokeAsync, which AWS has deprecated: Invoke with the type Event under another path.</summary>
    public async Task InvokeLaterAsync(HttpContext context, string inPath, string requestId)
    {
        using var call = await calls.ReadAsync(context, inPath, "InvokeAsync", requestId);
        await EnqueueAsync(context, call);
    }

    private async Task RunAsync(HttpContext context, InvokeCall call)
    {
        var request = InvokeCalls.RequestOf(context, call);
        var version = call.Function.Choose(call.RequestId);
        var (outcome, repeatOf) = await invoker.RunAsync(call.Function, version, request, context.RequestAborted);
        var response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/json";
        response.ContentLength = outcome.Payload.Length;
        response.Headers["X-Amz-Executed-Version"] = version.Version;
        if (outcome.Status == InvokeStatus.FunctionError)
        {
            response.Headers["X-Amz-Function-Error"] = "Unhandled";
        }

        if (request.WantsLogTail)
        {
            response.Headers["X-Amz-Log-Result"] = Convert.ToBase64String(outcome.LogTail.Span);
        }

        if (repeatOf is not null)
        {
            response.Headers["x-glue-idempotent-repeat-of"] = repeatOf;
        }

        if (!outcome.Payload.IsEmpty)
        {
            await response.BodyWriter.WriteAsync(outcome.Payload);
        }
    }

    private async Task EnqueueAsync(HttpContext context, InvokeCall call)
    {
        var (function, payload) = (call.Function, call.Payload);
        if (payload.Length > MaxAsyncBytes)
        {
            throw LambdaException.TooLarge($"{payload.Length} byte payload is too large for the Event invocation type (limit {MaxAsyncBytes} bytes)");
        }

        var invocation = new Invocation
        {
            Id = call.RequestId,
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
}
