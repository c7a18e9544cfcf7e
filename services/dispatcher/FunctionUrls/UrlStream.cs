using Glue.Contracts.Invocations;
using Glue.Dispatcher.Functions;
using Glue.Dispatcher.LambdaApi;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.FunctionUrls;

/// <summary>The answer of a URL with RESPONSE_STREAM: passed on while the function makes it.</summary>
internal static class UrlStream
{
    private const int MaxPreludeBytes = 64 * 1024;

    /// <exception cref="BadUrlAnswerException">It cannot be sent, or not to its end.</exception>
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
            if (await ReadPreludeAsync(body.Content) is not { } prelude)
            {
                var outcome = (await run.Running).Outcome;
                await (outcome.Status == InvokeStatus.Succeeded
                    ? throw new BadUrlAnswerException("the stream ended before its prelude did")
                    : FunctionUrlHandler.FailAsync(context, outcome, cors));
                return;
            }

            answer = UrlResponse.ReadPrelude(prelude);
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
            throw new BadUrlAnswerException("the function failed after its answer had begun");
        }
    }

    private static string Default(string contentType) =>
        contentType.Length == 0 || contentType == StreamedBody.HttpIntegration || !UrlResponse.IsFieldValue(contentType) ? "application/octet-stream" : contentType;

    private static async ValueTask WriteAsync(HttpResponse response, ReadOnlyMemory<byte> bytes, CancellationToken left) =>
        await response.BodyWriter.WriteAsync(bytes, left); // waits while the client does not read

    /// <summary>Byte by byte (they are in memory): what follows the prelude stays in the stream.</summary>
    /// <returns>Null: the stream ended before it did.</returns>
    private static async Task<byte[]?> ReadPreludeAsync(Stream content)
    {
        var prelude = new MemoryStream();
        var next = new byte[1];
        var zeros = 0;
        while (zeros < UrlResponse.PreludeEnd.Length)
        {
            if (prelude.Length > MaxPreludeBytes)
            {
                throw new BadUrlAnswerException($"the prelude of the stream is longer than {MaxPreludeBytes} bytes");
            }

            if (await content.ReadAsync(next) == 0)
            {
                return null;
            }

            zeros = next[0] == 0 ? zeros + 1 : 0;
            prelude.WriteByte(next[0]);
        }

        return prelude.ToArray()[..^UrlResponse.PreludeEnd.Length];
    }
}
