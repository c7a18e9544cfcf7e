using System.Security.Cryptography;
using System.Xml;
using System.Xml.Linq;
using Glue.AttachedStores.Stores;
using Glue.Foundation.Signing;

namespace Glue.AttachedStores.Requests;

/// <summary>Signed requests of Glue's own to attached stores. Thread-safe; answers are read with bounds, whoever sends them.</summary>
public sealed class StoreHttp(SigV4Signer signer) : IDisposable
{
    private const int MaxAnswerBytes = 16 * 1024 * 1024; // a page of 1000 keys of 1024 bytes, each byte escaped, and room

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, // a redirect would carry the signature somewhere else
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5), // a name may move
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Sends a request and returns as soon as the head of the answer is there.</summary>
    /// <param name="store">Whose keys sign it.</param>
    /// <param name="method">The verb.</param>
    /// <param name="target">In that store.</param>
    /// <param name="body">Null: none.</param>
    /// <param name="contentType">Of the body.</param>
    /// <param name="service">What it is signed for: <c>s3</c>; <c>sns</c> for Ceph's topics.</param>
    /// <param name="cancellationToken">Ends it, its body included.</param>
    /// <exception cref="HttpRequestException">The store does not answer.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        AttachedStore store, HttpMethod method, Uri target, byte[]? body, string? contentType, string service, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        using var request = new HttpRequestMessage(method, target);
        var hash = SigV4Signer.EmptyPayload;
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            hash = Convert.ToHexStringLower(SHA256.HashData(body));
        }

        signer.Sign(request, store.Credential, store.Region, service, hash);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>An XML answer.</summary>
    /// <exception cref="StoreException">The store refused, or answered something else.</exception>
    /// <exception cref="HttpRequestException">The store does not answer.</exception>
    public async Task<XElement?> CallAsync(
        AttachedStore store, HttpMethod method, Uri target, byte[]? body = null, string? contentType = "application/xml", string service = "s3",
        CancellationToken cancellationToken = default) => (await AnswerAsync(store, method, target, body, contentType, service, cancellationToken)).Body;

    /// <summary><see cref="CallAsync"/>, with the store's clock.</summary>
    internal async Task<StoreAnswer> AnswerAsync(
        AttachedStore store, HttpMethod method, Uri target, byte[]? body = null, string? contentType = "application/xml", string service = "s3",
        CancellationToken cancellationToken = default)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(TimeSpan.FromMinutes(1));
        try
        {
            using var response = await SendAsync(store, method, target, body, contentType, service, late.Token);
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, late.Token);
            var text = await StoreXml.TextAsync(response.Content, late.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw StoreException.Of(store, response, text);
            }

            return new StoreAnswer(string.IsNullOrWhiteSpace(text) ? null : Parse(store, text), response.Headers.Date);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"{store.Endpoint} did not answer within a minute.", e);
        }
    }

    public void Dispose() => _http.Dispose();

    private static XElement Parse(AttachedStore store, string text)
    {
        try
        {
            return StoreXml.Parse(text);
        }
        catch (XmlException e)
        {
            throw new StoreException(store.Name, 502, "NotXml", $"Store {store.Name} answered something that is no S3 answer: {e.Message}");
        }
    }
}

/// <param name="Body">Null: none.</param>
/// <param name="StoreTime">The store's clock, in whole seconds; null: it does not say.</param>
internal sealed record StoreAnswer(XElement? Body, DateTimeOffset? StoreTime);
