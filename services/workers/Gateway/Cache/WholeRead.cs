using System.Collections.Frozen;
using Glue.Foundation.S3;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Glue.Workers.Gateway.Cache;

/// <summary>Which requests read an object whole and as it is (S3 GetObject): only such answers are the same for everybody who asks.</summary>
internal static class WholeRead
{
    private static readonly FrozenSet<string> AskForSomethingElse = new[]
    {
        "Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <param name="request">As the function sent it.</param>
    /// <param name="message">As it goes to the store: without the parameters of a signature.</param>
    /// <returns>The object's URL, and of a version its id; null: it asks for something else.</returns>
    public static string? UrlOf(HttpRequest request, HttpRequestMessage message)
    {
        if (!HttpMethods.IsGet(request.Method)
            || request.Headers.Any(static header => AskForSomethingElse.Contains(header.Key)
                || header.Key.StartsWith("x-amz-server-side-encryption-customer-", StringComparison.OrdinalIgnoreCase)) // readable with the caller's key alone
            || S3ResourceName.Parse(request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, host: "", baseDomains: []).Key.Length == 0)
        {
            return null;
        }

        var target = message.RequestUri!.AbsoluteUri;
        var question = target.IndexOf('?', StringComparison.Ordinal);
        if (question < 0)
        {
            return target;
        }

        string? version = null;
        foreach (var parameter in target[(question + 1)..].Split('&'))
        {
            switch (parameter.Split('=')[0])
            {
                case "versionId":
                    version = parameter;
                    break;
                case "x-id": // what the SDK for JavaScript adds to every URL
                    break;
                default:
                    return null;
            }
        }

        return version is null ? target[..question] : $"{target[..question]}?{version}";
    }
}
