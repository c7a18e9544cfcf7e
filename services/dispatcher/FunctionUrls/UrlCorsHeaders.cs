using Glue.Dispatcher.Functions;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.FunctionUrls;

/// <summary>
/// Cross-origin rules of a URL (Fetch standard, "CORS protocol"): they replace what the function says itself, and the browser's question before
/// a request is answered without it.
/// </summary>
internal static class UrlCorsHeaders
{
    /// <summary>OPTIONS that asks whether another method may follow.</summary>
    public static bool IsPreflight(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method) && request.Headers.Origin.Count > 0 && request.Headers.AccessControlRequestMethod.Count > 0;

    public static Task AnswerPreflightAsync(HttpContext context, UrlCors cors)
    {
        var headers = context.Response.Headers;
        if (Apply(context, cors))
        {
            Set(headers, "Access-Control-Allow-Methods", cors.AllowMethods);
            Set(headers, "Access-Control-Allow-Headers", cors.AllowHeaders);
            if (cors.MaxAge is { } seconds)
            {
                headers.AccessControlMaxAge = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            }
        }

        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    /// <summary>False: the page's origin is not allowed, and nothing says that it is.</summary>
    public static bool Apply(HttpContext context, UrlCors cors)
    {
        var headers = context.Response.Headers;
        foreach (var name in headers.Keys.Where(static name => name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            headers.Remove(name);
        }

        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0)
        {
            return false;
        }

        headers.Append("Vary", "Origin");
        if (!(cors.AllowOrigins ?? []).Any(allowed => allowed == "*" || allowed.Equals(origin, StringComparison.OrdinalIgnoreCase)))
        {
            return false;
        }

        // A page that sends credentials is not content with "*".
        headers.AccessControlAllowOrigin = cors.AllowCredentials == true || !cors.AllowOrigins!.Contains("*") ? origin : "*";
        if (cors.AllowCredentials == true)
        {
            headers.AccessControlAllowCredentials = "true";
        }

        Set(headers, "Access-Control-Expose-Headers", cors.ExposeHeaders);
        return true;
    }

    private static void Set(IHeaderDictionary headers, string name, IReadOnlyList<string>? values)
    {
        if (values is { Count: > 0 })
        {
            headers[name] = string.Join(',', values);
        }
    }
}
