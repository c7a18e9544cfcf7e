using System.Security;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Glue.Workers.Gateway;

/// <summary>An answer of the gateway itself, in the shape S3 clients understand.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">S3's error code (S3 API Reference, "Error responses").</param>
/// <param name="Message">For people: what is wrong and the way out.</param>
internal sealed record GatewayError(int Status, string Code, string Message)
{
    public static GatewayError AccessDenied(string message) => new(StatusCodes.Status403Forbidden, "AccessDenied", message);

    public static GatewayError NotAProxy { get; } = AccessDenied("The storage gateway is not a proxy: send requests for /bucket/key.");

    public static GatewayError BadDigest(string message) => new(StatusCodes.Status400BadRequest, "BadDigest", message);

    public static GatewayError IncompleteBody(string message) => new(StatusCodes.Status400BadRequest, "IncompleteBody", message);

    public static GatewayError InternalError { get; } = new(StatusCodes.Status500InternalServerError, "InternalError", "We encountered an internal error. Please try again.");

    public static GatewayError InvalidRequest(string message) => new(StatusCodes.Status400BadRequest, "InvalidRequest", message);

    public static GatewayError ServiceUnavailable(string message) => new(StatusCodes.Status503ServiceUnavailable, "ServiceUnavailable", message);

    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.Clear();
        response.StatusCode = Status;
        response.ContentType = "application/xml";
        response.Headers["x-amz-request-id"] = context.TraceIdentifier;
        var body = Encoding.UTF8.GetBytes(
            $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{Code}</Code><Message>{SecurityElement.Escape(Message)}</Message>"
            + $"<Resource>{SecurityElement.Escape(context.Request.Path.Value)}</Resource><RequestId>{SecurityElement.Escape(context.TraceIdentifier)}</RequestId></Error>");
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(body, context.RequestAborted);
        }
    }
}
