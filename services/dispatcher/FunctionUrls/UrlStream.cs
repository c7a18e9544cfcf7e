using Glue.Contracts.Invocations;
using Glue.Dispatcher.Functions;
using Glue.Dispatcher.LambdaApi;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.FunctionUrls;

/// <summary>The answer of a URL with RESPONSE_STREAM: passed on while the function makes it. One that cannot be finished ends without its end.</summary>
internal static class UrlStream
{
    private const int MaxPreludeBytes = 64 * 1024;

    public static async Task AnswerAsync(HttpContext context, StreamedRun run, UrlCors? cors)
    {
        if (run.Body is not { } body)
        {
            await FunctionUrlHandler.AnswerAsync(context, (await run.Running).Outcome, cors); // the function does not stream
            return;
        }

        try
        {
            await AnswerAsync(context, run, body, cors);
        }
        finally
        {
            await body.Content.DisposeAsync(); // whatever went wrong here: the function waits for as long as it is open
        }
    }

    private static async Task AnswerAsync(HttpContext context, StreamedRun run, StreamedBody body, UrlCors? cors)
    {
        var answer = new UrlResponse(StatusCodes.Status200OK, [], [], default);
        if (body.ContentType == StreamedBody.HttpIntegration)
        {
            answer = await ReadPreludeAsync(body.Content);
        }

        if (answer is null)
        {
            await body.Content.DisposeAsync();
            await FunctionUrlHandler.FailAsync(context, (await run.Running).Outcome, cors);
            return;
        }

        UrlAnswer.Begin(context, answer, Default(body.ContentType), cors);
        var response = context.Response;
        var hasBody = UrlAnswer.MayHaveBody(answer.Status) && !HttpMethods.IsHead(context.Request.Method);
        if (hasBody)
        {
            await response.BodyWriter.FlushAsync(CancellationToken.None); // it has begun, though its first byte may be long in coming
        }

        await StreamCopy.RunAsync(body, bytes => hasBody ? WriteAsync(response, bytes, context.RequestAborted) : ValueTask.CompletedTask, context.RequestAborted);
        if ((await run.Running).Outcome.Status != InvokeStatus.Succeeded)
        {
            context.Abort();
        }
    }

    private static string Default(string contentType) =>
        contentType.Length == 0 || contentType == StreamedBody.HttpIntegration || contentType.Any(char.IsControl) ? "application/octet-stream" : contentType;

    private static async ValueTask WriteAsync(HttpResponse response, ReadOnlyMemory<byte> bytes, CancellationToken left) =>
        await response.BodyWriter.WriteAsync(bytes, left); // waits while the client does not read

    /// <summary>Byte by byte (they are in memory): what follows the prelude stays in the stream.</summary>
    private static async Task<UrlResponse?> ReadPreludeAsync(Stream content)
    {
        var prelude = new MemoryStream();
        var next = new byte[1];
        var zeros = 0;
        while (zeros < UrlResponse.PreludeEnd.Length)
        {
            if (prelude.Length > MaxPreludeBytes || await content.ReadAsync(next) == 0)
            {
                return null;
            }

            zeros = next[0] == 0 ? zeros + 1 : 0;
            prelude.WriteByte(next[0]);
        }

        return UrlResponse.ReadPrelude(prelude.ToArray().AsMemory(0, (int)prelude.Length - UrlResponse.PreludeEnd.Length));
    }
}
