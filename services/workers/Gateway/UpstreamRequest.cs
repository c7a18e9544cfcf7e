using System.Buffers;
using System.Globalization;
using Glue.Foundation.Signing;
using Glue.Workers.Sandboxes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Glue.Workers.Gateway;

/// <summary>Turns a function's request into the gateway's own: what the function sent, signed by whom it belongs to.</summary>
internal sealed class UpstreamRequest(StorageGatewayOptions options, IStorageCredentials credentials, SigV4Signer signer)
{
    /// <summary>From here on the store is asked first (100-continue) whether it wants the body: a refusal then costs nothing.</summary>
    private const long AskFirstBytes = 1024 * 1024;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <param name="context">What the function sent.</param>
    /// <param name="connection">Who sent it.</param>
    /// <param name="store">Where it goes; null: the embedded store.</param>
    /// <param name="method">Another one than the function's; null: its own.</param>
    /// <exception cref="GatewayRefusalException">Not a storage request.</exception>
    public HttpRequestMessage Create(HttpContext context, ISandboxConnection connection, UpstreamStore? store, HttpMethod? method = null)
    {
        var request = context.Request;
        RefuseWhatIsNotStorage(request);
        var target = UpstreamTarget.Of(store?.Endpoint ?? options.Upstream(), context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget)
            ?? throw new GatewayRefusalException(GatewayError.NotAProxy);

        if (store is { IsPathStyle: false })
        {
            target = UpstreamTarget.OfVirtualHost(target);
        }

        var declaredHash = request.Headers["x-amz-content-sha256"].ToString();
        var isChunked = UpstreamContent.IsChunked(request);
        var message = new HttpRequestMessage(method ?? MethodOf(request.Method), target) { Version = System.Net.HttpVersion.Version11 };
        if (HasContent(context))
        {
            message.Content = new UpstreamContent(context, connection.Sandbox.Usage, isChunked);
            message.Headers.ExpectContinue = request.ContentLength is null or > AskFirstBytes;
        }

        CopyHeaders(request, message, isChunked, isEmbedded: store is null);
        var sandbox = connection.Sandbox;
        if (message.Method != HttpMethod.Get && message.Method != HttpMethod.Head)
        {
            var depth = sandbox.CurrentLineageDepth + 1;
            Stamp(message, depth, store);
        }

        // A hash that the caller computed over the body holds whoever signs: the store verifies it.
        var hash = message.Content is null ? SigV4Signer.EmptyPayload
            : IsSha256(declaredHash) ? declaredHash
            : SigV4Signer.UnsignedPayload;
        signer.Sign(message, store?.Credential ?? credentials.For(sandbox.Version.AccountId), store?.Region ?? options.Region, "s3", hash);
        return message;
    }

    /// <summary>
    /// The embedded store takes the depth of the chain of causes beside the object. Others only keep user metadata: it goes there, where an object comes
    /// into being, and comes back in their events.
    /// </summary>
    private static void Stamp(HttpRequestMessage message, int depth, UpstreamStore? store)
    {
        var text = depth.ToString(CultureInfo.InvariantCulture);
        if (store is null)
        {
            message.Headers.TryAddWithoutValidation("x-glue-lineage", text);
        }
        else if (message.Method != HttpMethod.Delete && !message.RequestUri!.Query.Contains("partNumber=", StringComparison.Ordinal))
        {
            message.Headers.Remove("x-amz-meta-glue-lineage");
            message.Headers.TryAddWithoutValidation("x-amz-meta-glue-lineage", text);
        }
    }

    /// <exception cref="GatewayRefusalException">AccessDenied.</exception>
    public static void RefuseWhatIsNotStorage(HttpRequest request)
    {
        if (request.Headers.ContainsKey("X-Amz-Target") || SignedForAnotherService(request.Headers.Authorization.ToString()) is not null)
        {
            var service = SignedForAnotherService(request.Headers.Authorization.ToString()) ?? "another service";
            throw new GatewayRefusalException(GatewayError.AccessDenied(
                $"The storage gateway speaks S3 only, this request is for {service}. Set AWS_ENDPOINT_URL_S3 rather than AWS_ENDPOINT_URL."));
        }

        if (request.Method is not ("GET" or "HEAD" or "PUT" or "POST" or "DELETE"))
        {
            throw new GatewayRefusalException(GatewayError.AccessDenied($"{request.Method} is not a request for storage."));
        }
    }

    /// <returns>The service in <c>Credential=KEY/DATE/REGION/SERVICE/aws4_request</c>, when it is not s3.</returns>
    private static string? SignedForAnotherService(string authorization)
    {
        const string Marker = "Credential=";
        var start = authorization.IndexOf(Marker, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        var scope = authorization[(start + Marker.Length)..].Split(',')[0].Split('/');
        return scope.Length >= 5 && scope[^2] != "s3" ? scope[^2] : null;
    }

    private static bool HasContent(HttpContext context) => context.Request.Method is "PUT" or "POST" || UpstreamContent.CanHaveBody(context);

    private static void CopyHeaders(HttpRequest request, HttpRequestMessage message, bool isChunked, bool isEmbedded)
    {
        foreach (var (name, values) in request.Headers)
        {
            if (!HeaderRules.IsForwarded(name, isChunked, isEmbedded))
            {
                continue;
            }

            if (HeaderRules.IsContentHeader(name))
            {
                if (isChunked && name.Equals("Content-Encoding", StringComparison.OrdinalIgnoreCase))
                {
                    AddEncodingWithoutChunks(message.Content, values.ToString());
                    continue;
                }

                message.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
                continue;
            }

            message.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
    }

    private static void AddEncodingWithoutChunks(HttpContent? content, string encodings)
    {
        var kept = encodings.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(static encoding => !encoding.Equals("aws-chunked", StringComparison.OrdinalIgnoreCase)).ToList();
        if (kept.Count > 0)
        {
            content?.Headers.TryAddWithoutValidation("Content-Encoding", string.Join(',', kept));
        }
    }

    private static bool IsSha256(string text) => text.Length == 64 && !text.AsSpan().ContainsAnyExcept(HexDigits);

    private static HttpMethod MethodOf(string method) => method switch
    {
        "GET" => HttpMethod.Get,
        "HEAD" => HttpMethod.Head,
        "PUT" => HttpMethod.Put,
        "POST" => HttpMethod.Post,
        _ => HttpMethod.Delete,
    };
}
