using Glue.Contracts.Invocations;
using Glue.Dispatcher.Functions;
using Glue.Dispatcher.LambdaApi;
using Glue.Foundation.Signing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.FunctionUrls;

/// <summary>Calls of function URLs: who may, the event, the run (as any synchronous one), the answer.</summary>
internal sealed class FunctionUrlHandler(
    FunctionUrlAddress address, FunctionUrlIndex index, SignatureGate gate, SyncInvoker invoker, TimeProvider time, ILogger<FunctionUrlHandler> logger)
{
    private const string Forbidden = "Forbidden";
    private const string RequestIdHeader = "x-amzn-RequestId";

    /// <returns>False: the request is not for a function URL.</returns>
    public async Task<bool> TryHandleAsync(HttpContext context)
    {
        if (address.IdIn(context.Request.Host) is not { } id)
        {
            return false;
        }

        var requestId = Guid.CreateVersion7().ToString();
        context.Response.Headers[RequestIdHeader] = requestId;
        if (index.Find(id) is not { } function)
        {
            await UrlAnswer.WriteErrorAsync(context, StatusCodes.Status404NotFound, "Not Found", cors: null);
            return true;
        }

        var url = function.Settings.Url!;
        try
        {
            await (url.Cors is { } cors && UrlCorsHeaders.IsPreflight(context.Request)
                ? UrlCorsHeaders.AnswerPreflightAsync(context, cors)
                : ServeAsync(context, function, url, requestId));
        }
        catch (LambdaException e)
        {
            await FailAsync(context, e.Status, e.Message, url.Cors);
        }
        catch (BadUrlAnswerException e)
        {
            LambdaApi.Log.UrlAnswerUnusable(logger, function.InvokedArn, e.Message, requestId);
            await FailAsync(context, StatusCodes.Status502BadGateway, "Internal Server Error", url.Cors);
        }
        catch (BadHttpRequestException e)
        {
            await FailAsync(context, e.StatusCode, e.Message, url.Cors);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller left; there is nobody to tell.
        }
        catch (Exception e)
        {
            LambdaApi.Log.RequestFailed(logger, context.Request.Method, context.Request.Path.Value, requestId, e);
            await FailAsync(context, StatusCodes.Status500InternalServerError, "Internal Server Error", url.Cors);
        }

        return true;
    }

    private static Task FailAsync(HttpContext context, int status, string message, UrlCors? cors)
    {
        if (context.Response.HasStarted)
        {
            context.Abort(); // so that nobody takes half for all
            return Task.CompletedTask;
        }

        var requestId = context.Response.Headers[RequestIdHeader];
        context.Response.Clear(); // there may be headers of an answer that came to nothing
        context.Response.Headers[RequestIdHeader] = requestId;
        return UrlAnswer.WriteErrorAsync(context, status, message, cors);
    }

    private async Task ServeAsync(HttpContext context, QualifiedFunction function, FunctionUrl url, string requestId)
    {
        ReadOnlyMemory<byte> payload;
        if (url.AuthType == FunctionUrl.ForAll && !function.Settings.Policy.AllowsUrl(null, url.AuthType))
        {
            throw new LambdaException(StatusCodes.Status403Forbidden, Forbidden, $"{Forbidden}. The function's policy lets nobody call its URL: see AddPermission, lambda:InvokeFunctionUrl.");
        }

        if (url.AuthType == FunctionUrl.Signed)
        {
            gate.AdmitBody(context.Request);
        }

        using (var body = await RequestBody.ReadAsync(context, InvokeCalls.MaxSyncBytes) ?? throw TooLarge())
        {
            var caller = url.AuthType == FunctionUrl.Signed ? Admit(context.Request, body.Memory.Span, function) : null;
            payload = UrlEvent.Of(context, url.Id, body.Memory.Span, caller, requestId, time.GetUtcNow());
        }

        var request = new InvokeRequest
        {
            RequestId = requestId,
            Payload = payload.Length <= InvokeCalls.MaxSyncBytes ? payload : throw TooLarge(), // base64 takes a third more
            InvokedFunctionArn = function.InvokedArn,
            TraceParent = context.Request.Headers.TraceParent,
        };
        var version = function.Choose(requestId);
        if (url.InvokeMode == FunctionUrl.Streamed)
        {
            await UrlStream.AnswerAsync(context, await invoker.StreamAsync(function, version, request, context.RequestAborted), url.Cors);
        }
        else
        {
            await AnswerAsync(context, (await invoker.RunAsync(function, version, request, context.RequestAborted)).Outcome, url.Cors);
        }
    }

    /// <summary>An answer that is all there.</summary>
    /// <exception cref="BadUrlAnswerException">It cannot be sent.</exception>
    internal static Task AnswerAsync(HttpContext context, InvokeOutcome outcome, UrlCors? cors) => outcome.Status == InvokeStatus.Succeeded
        ? UrlAnswer.WriteAsync(context, UrlResponse.Read(outcome.Payload), cors)
        : FailAsync(context, outcome, cors);

    /// <summary>There is no answer. What went wrong is the owner's business, and is in the function's log.</summary>
    internal static Task FailAsync(HttpContext context, InvokeOutcome outcome, UrlCors? cors) =>
        outcome.Status == InvokeStatus.FunctionError && ErrorDocument.TypeOf(outcome.Payload) == "Sandbox.Timedout"
            ? UrlAnswer.WriteErrorAsync(context, StatusCodes.Status504GatewayTimeout, "Gateway Timeout", cors)
            : UrlAnswer.WriteErrorAsync(context, StatusCodes.Status502BadGateway, "Internal Server Error", cors);

    /// <summary>A key of the owner's account may; one of another's if the function's policy says so.</summary>
    private Credential Admit(HttpRequest request, ReadOnlySpan<byte> body, QualifiedFunction function)
    {
        var caller = gate.Admit(request, body);
        return caller.AccountId == function.State.AccountId || function.Settings.Policy.AllowsUrl(caller.AccountId, FunctionUrl.Signed)
            ? caller
            : throw new LambdaException(StatusCodes.Status403Forbidden, Forbidden, Forbidden);
    }

    private static LambdaException TooLarge() => LambdaException.TooLarge($"Request must be smaller than {InvokeCalls.MaxSyncBytes} bytes for the InvokeFunction operation");
}
