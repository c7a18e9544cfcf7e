using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Glue.Foundation.Http;

/// <summary>
/// <c>Expect: 100-continue</c> that gets its final answer without a 100 before it, as RFC 9110, 10.1.1 allows for an empty body and for a refusal.
/// botocore reads the next answer on that connection as if it were the same one: the next put hangs for a minute and is then sent again (botocore
/// issue 3755; boto3 on MinIO does it after every empty object). A connection that ends with such an answer cannot be read wrongly.
/// </summary>
public static class ExpectContinue
{
    /// <summary>Call before anything is answered.</summary>
    public static void EndWithFinalAnswer(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Request.Headers.Expect.Count > 0 && HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            context.Response.OnStarting(static state => EndAsync((HttpContext)state), context);
        }
    }

    private static Task EndAsync(HttpContext context)
    {
        // A body that was taken in has had its 100.
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false } || context.Response.StatusCode >= StatusCodes.Status300MultipleChoices)
        {
            context.Response.Headers.Connection = "close";
        }

        return Task.CompletedTask;
    }
}
