using System.Buffers;
using System.Net;
using System.Xml.Linq;
using Glue.Dispatcher.Functions;
using Glue.Foundation.Memory;
using Glue.Foundation.Signing;

namespace Glue.Host.Composition;

/// <summary>Deployment packages in buckets, read over the S3 API as any client would: the store itself says who may read what.</summary>
/// <param name="store">The store's endpoint, known once it listens.</param>
/// <param name="signer">Signs as the caller.</param>
internal sealed class StoredPackages(Func<Uri> store, SigV4Signer signer) : IPackageObjects, IDisposable
{
    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

    public async Task<IMemoryOwner<byte>> ReadAsync(
        Credential caller, string bucket, string key, string? versionId, long maxBytes, CancellationToken cancellationToken)
    {
        var path = string.Join('/', key.Split('/').Select(Uri.EscapeDataString));
        var query = versionId is null ? "" : "?versionId=" + Uri.EscapeDataString(versionId);
        var target = $"{store().GetLeftPart(UriPartial.Authority)}/{Uri.EscapeDataString(bucket)}/{path}{query}";
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(target, Verbatim));
        signer.Sign(request, caller, "us-east-1", "s3", SigV4Signer.EmptyPayload);
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw Refusal(response, await response.Content.ReadAsStringAsync(cancellationToken));
        }

        if (response.Content.Headers.ContentLength is not { } length || length > maxBytes)
        {
            throw new PackageObjectException("EntityTooLarge", $"The object is larger than the {maxBytes} bytes a deployment package may have.");
        }

        return await ReadAsync(response, (int)length, cancellationToken);
    }

    public void Dispose() => _client.Dispose();

    private static async Task<IMemoryOwner<byte>> ReadAsync(HttpResponseMessage response, int length, CancellationToken cancellationToken)
    {
        IMemoryOwner<byte> bytes = new LargeBuffer(length);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            await body.ReadExactlyAsync(bytes.Memory, cancellationToken);
            return bytes;
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    private static PackageObjectException Refusal(HttpResponseMessage response, string body)
    {
        var error = body.StartsWith('<') ? XDocument.Parse(body).Root : null;
        return new PackageObjectException(
            error?.Element("Code")?.Value ?? $"{(int)response.StatusCode}", error?.Element("Message")?.Value ?? response.ReasonPhrase ?? "");
    }
}
