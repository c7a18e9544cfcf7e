using System.Text.Json;
using Glue.Foundation.Signing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Glue.FunctionLogs.Api;

/// <summary>
/// The CloudWatch Logs API's front door: AWS JSON 1.1 (<c>POST /</c>, the action in <c>X-Amz-Target</c>). Finds the action, and turns every
/// failure into AWS's error.
/// </summary>
internal sealed class LogsApiHandler(
    LogsSignatureGate gate, GroupActions groups, StreamActions streams, EventActions events, PutLogEventsAction put, ILogger<LogsApiHandler> logger)
{
    public const string TargetHeader = "X-Amz-Target";
    public const string TargetPrefix = "Logs_20140328.";

    // PutLogEvents takes 1 MiB of events; JSON may write a byte in six.
    private const int MaxBodyBytes = 7 * 1024 * 1024;

    /// <summary>Whether a request of the shared port is one of this API's.</summary>
    public static bool Serves(HttpRequest request) =>
        request.Path.Value is "/" or "" && HttpMethods.IsPost(request.Method)
        && request.Headers[TargetHeader] is [{ } target] && target.StartsWith(TargetPrefix, StringComparison.Ordinal);

    public async Task HandleAsync(HttpContext context)
    {
        var requestId = Guid.NewGuid().ToString();
        context.Response.Headers["x-amzn-RequestId"] = requestId;
        var action = context.Request.Headers[TargetHeader].ToString()[TargetPrefix.Length..];
        object? answer;
        try
        {
            gate.AdmitBody(context.Request);
            var body = await ReadAsync(context);
            var caller = gate.Admit(context.Request, body.Span);
            answer = await ActAsync(action, new LogsCall(caller, body));
        }
        catch (LogsException e)
        {
            await AnswerAsync(context, e.Status, new ErrorBody(e.Type, e.Message));
            return;
        }
        catch (BadHttpRequestException e)
        {
            await AnswerAsync(context, e.StatusCode, new ErrorBody("SerializationException", e.Message));
            return;
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            return; // the caller left; there is nobody to tell
        }
        catch (Exception e)
        {
            Log.RequestFailed(logger, action, requestId, e);
            await AnswerAsync(context, 503, new ErrorBody(
                "ServiceUnavailableException", $"The request failed here, not by your fault: {e.Message} The log has more under request {requestId}."));
            return;
        }

        await AnswerAsync(context, 200, answer);
    }

    private async Task<object?> ActAsync(string action, LogsCall call) => action switch
    {
        "DescribeLogGroups" => groups.Describe(call),
        "CreateLogGroup" => await groups.CreateAsync(call),
        "DeleteLogGroup" => await groups.DeleteAsync(call),
        "PutRetentionPolicy" => await groups.PutRetentionPolicyAsync(call),
        "DeleteRetentionPolicy" => await groups.DeleteRetentionPolicyAsync(call),
        "ListTagsForResource" => groups.ListTagsForResource(call),
        "ListTagsLogGroup" => groups.ListTagsLogGroup(call),
        "DescribeLogStreams" => await streams.DescribeAsync(call),
        "CreateLogStream" => await streams.CreateAsync(call),
        "DeleteLogStream" => await streams.DeleteAsync(call),
        "GetLogEvents" => await events.GetAsync(call),
        "FilterLogEvents" => await events.FilterAsync(call),
        "PutLogEvents" => await put.PutAsync(call),
        _ => throw LogsException.UnknownOperation(action),
    };

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > MaxBodyBytes)
        {
            throw new LogsException(413, "RequestEntityTooLargeException", $"Request must be smaller than {MaxBodyBytes} bytes");
        }

        using var stream = new MemoryStream((int)(context.Request.ContentLength ?? 0));
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(chunk, context.RequestAborted)) > 0)
        {
            if (stream.Length + read > MaxBodyBytes)
            {
                throw new LogsException(413, "RequestEntityTooLargeException", $"Request must be smaller than {MaxBodyBytes} bytes");
            }

            stream.Write(chunk, 0, read);
        }

        return stream.GetBuffer().AsMemory(0, (int)stream.Length);
    }

    /// <summary>Null: an action that answers with nothing.</summary>
    private static Task AnswerAsync(HttpContext context, int status, object? body)
    {
        var json = body is null ? [] : JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), LogsJson.Default);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/x-amz-json-1.1";
        context.Response.ContentLength = json.Length;
        return context.Response.Body.WriteAsync(json).AsTask();
    }
}
