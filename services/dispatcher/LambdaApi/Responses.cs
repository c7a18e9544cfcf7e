using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Writes results and errors as AWS does.</summary>
internal static class Responses
{
    public static Task WriteAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value, type);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        return context.Response.Body.WriteAsync(json).AsTask();
    }

    public static Task WriteErrorAsync(HttpContext context, LambdaException error)
    {
        context.Response.Headers["x-amzn-ErrorType"] = error.Type;
        if (error.Status == StatusCodes.Status429TooManyRequests)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        // Two spellings are in use: older clients read Message, newer ones message.
        var body = new ErrorBody(error.Status < 500 ? "User" : "Service", error.Message, error.Message, error.Reason);
        return WriteAsync(context, error.Status, body, ApiJson.Default.ErrorBody);
    }
}
