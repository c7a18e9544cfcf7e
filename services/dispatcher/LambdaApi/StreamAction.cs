using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Glue.Contracts.Invocations;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>
/// InvokeWithResponseStream: what the function streams goes on as PayloadChunk events while it still runs, and InvokeComplete ends them with how it
/// ended. A function that does not stream gives its answer in one go.
/// </summary>
internal sealed class StreamAction(InvokeCalls calls, SyncInvoker invoker)
{
    private const int ChunkBytes = 64 * 1024;

    // Clients take messages of 16 MiB, and an error's document may have 6 MiB before it is escaped.
    private const int MaxErrorDetailsBytes = 256 * 1024;
    private const int MaxErrorCodeBytes = 256;

    // No page of HTML is made of it: escaped as far as JSON asks, it is at most six times as long.
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task InvokeAsync(HttpContext context, string inPath, string requestId)
    {
        using var call = await calls.ReadAsync(context, inPath, "InvokeWithResponseStream", requestId);
        await (InvokeCalls.TypeOf(context.Request, mayBeEvent: false) == InvocationType.RequestResponse
            ? RunAsync(context, call)
            : InvokeCalls.AnswerDryRunAsync(context));
    }

    private async Task RunAsync(HttpContext context, InvokeCall call)
    {
        var request = InvokeCalls.RequestOf(context, call);
        var version = call.Function.Choose(call.RequestId);
        var (body, running) = await invoker.StreamAsync(call.Function, version, request, context.RequestAborted);
        if (body is null)
        {
            await running; // may have been refused: nothing has been answered yet
        }

        var response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = EventStreamMessage.ContentType;
        response.Headers["X-Amz-Executed-Version"] = version.Version;
        if (body is not null)
        {
            await response.BodyWriter.FlushAsync(CancellationToken.None); // it has begun, though its first byte may be long in coming
            await StreamCopy.RunAsync(body, bytes => WriteChunkAsync(response, bytes, context.RequestAborted), context.RequestAborted);
        }

        var outcome = (await running).Outcome;
        if (outcome.Status == InvokeStatus.Succeeded)
        {
            for (var rest = outcome.Payload; rest.Length > 0; rest = rest[Math.Min(rest.Length, ChunkBytes)..])
            {
                await WriteChunkAsync(response, rest[..Math.Min(rest.Length, ChunkBytes)], context.RequestAborted);
            }
        }

        EventStreamMessage.Write(response.BodyWriter, "InvokeComplete", "application/json", Complete(outcome, request.WantsLogTail));
        await response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static async ValueTask WriteChunkAsync(HttpResponse response, ReadOnlyMemory<byte> bytes, CancellationToken left)
    {
        EventStreamMessage.Write(response.BodyWriter, "PayloadChunk", "application/octet-stream", bytes.Span);
        await response.BodyWriter.FlushAsync(left); // waits while the client does not read
    }

    /// <summary>InvokeWithResponseStreamCompleteEvent. AWS does not list its error codes: here it is the type of the error, and the details are its document, or what fits of it.</summary>
    private static byte[] Complete(InvokeOutcome outcome, bool wantsLogTail)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Json))
        {
            json.WriteStartObject();
            if (outcome.Status == InvokeStatus.FunctionError)
            {
                json.WriteString("ErrorCode", Cut(Encoding.UTF8.GetBytes(ErrorDocument.TypeOf(outcome.Payload) ?? "Unhandled"), MaxErrorCodeBytes));
                json.WriteString("ErrorDetails", Cut(outcome.Payload.Span, MaxErrorDetailsBytes));
            }

            if (wantsLogTail)
            {
                json.WriteString("LogResult", Convert.ToBase64String(outcome.LogTail.Span));
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Up to so many bytes of a text, which need not be UTF-8: what is not becomes U+FFFD.</summary>
    private static string Cut(ReadOnlySpan<byte> text, int maxBytes)
    {
        const int longest = 4;
        var length = Math.Min(text.Length, maxBytes);
        for (var back = 0; back < longest && length < text.Length && length > 0 && (text[length] & 0xc0) == 0x80; back++)
        {
            length--; // not within a character
        }

        return Encoding.UTF8.GetString(text[..length]);
    }
}
