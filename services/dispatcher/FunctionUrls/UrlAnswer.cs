using Glue.Dispatcher.Functions;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.FunctionUrls;

/// <summary>Writes the answer to a call of a function URL.</summary>
internal static class UrlAnswer
{
    // Of the connection, which is the server's.
    private static readonly HashSet<string> NotTheFunctions = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Content-Length", "Keep-Alive", "Proxy-Authenticate", "Proxy-Connection", "Trailer", "Transfer-Encoding", "Upgrade", "Set-Cookie",
    };

    /// <summary>Status and headers, not the body.</summary>
    public static void Begin(HttpContext context, UrlResponse answer, string defaultContentType, UrlCors? cors)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        response.ContentType = defaultContentType;
        foreach (var (name, value) in answer.Headers)
        {
            if (!NotTheFunctions.Contains(name))
            {
                response.Headers[name] = value;
            }
        }

        // Of cookies there may be several, and the function may have named one among its headers.
        foreach (var (_, value) in answer.Headers.Where(static header => header.Key.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase)))
        {
            response.Headers.Append("Set-Cookie", value);
        }

        foreach (var cookie in answer.Cookies)
        {
            response.Headers.Append("Set-Cookie", cookie);
        }

        if (cors is not null)
        {
            UrlCorsHeaders.Apply(context, cors);
        }

        if (!MayHaveBody(answer.Status))
        {
            response.Headers.Remove("Content-Type");
        }
    }

    public static Task WriteAsync(HttpContext context, UrlResponse answer, UrlCors? cors)
    {
        Begin(context, answer, "application/json", cors);
        if (!MayHaveBody(answer.Status))
        {
            return Task.CompletedTask;
        }

        context.Response.ContentLength = answer.Body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(answer.Body).AsTask();
    }

    /// <summary>What Glue itself has to say: <c>{"Message":…}</c>.</summary>
    public static Task WriteErrorAsync(HttpContext context, int status, string message, UrlCors? cors)
    {
        var body = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new UrlError(message), UrlJson.Default.UrlError);
        return WriteAsync(context, new UrlResponse(status, [], [], body), cors);
    }

    public static bool MayHaveBody(int status) => status is not (204 or 205 or 304);
}
