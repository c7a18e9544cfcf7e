using System.Buffers;
using System.Net;
using System.Xml;
using System.Xml.Linq;
using Glue.Dispatcher.Functions;
using Glue.Foundation.Memory;
using Glue.Foundation.S3;
using Glue.Foundation.Signing;

namespace Glue.Host.Composition;

/// <summary>Deployment packages in buckets, read over the S3 API as any client would: the store itself says who may read what.</summary>
/// <remarks>All that are held at once have a bound together: further ones wait in line before they are fetched, and as long as their callers do.</remarks>
/// <param name="store">The store's endpoint, known once it listens.</param>
/// <param name="signer">Signs as the caller.</param>
internal sealed class StoredPackages(Func<Uri> store, SigV4Signer signer) : IPackageObjects, IDisposable
{
    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private const long MaxHeldBytes = 512L * 1024 * 1024;

    // A store that sends slowly must not keep the room from everybody.
    private static readonly TimeSpan LongestRead = TimeSpan.FromMinutes(2);

    private readonly ByteRoom _room = new(MaxHeldBytes);
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = LongestRead };

    public async Task<IMemoryOwner<byte>> ReadAsync(
        Credential caller, string bucket, string key, string? versionId, long maxBytes, CancellationToken cancellationToken)
    {
        var path = string.Join('/', key.Split('/').Select(Uri.EscapeDataString));
        var query = versionId is null ? "" : "?versionId=" + Uri.EscapeDataString(versionId);
        var target = $"{store().GetLeftPart(UriPartial.Authority)}/{Uri.EscapeDataString(bucket)}/{path}{query}";
        try
        {
            return await FetchAsync(caller, target, maxBytes, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PackageObjectException("RequestTimeout", $"The object was not read within {LongestRead.TotalMinutes} minutes.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new PackageObjectException("ServiceUnavailable", $"The object store could not be reached, or broke off: {e.Message}");
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<IMemoryOwner<byte>> FetchAsync(Credential caller, string target, long maxBytes, CancellationToken cancellationToken)
    {
        long length;
        using (var head = await SendAsync(HttpMethod.Head, target, caller, cancellationToken))
        {
            length = head.StatusCode == HttpStatusCode.OK ? LengthOf(head, maxBytes) : 0; // a refusal says why only in the answer to GET
        }

        var room = await _room.TakeAsync(length, cancellationToken);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(LongestRead);
        try
        {
            using var response = await SendAsync(HttpMethod.Get, target, caller, late.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw Refusal(response, await response.Content.ReadAsStringAsync(late.Token));
            }

            var found = LengthOf(response, maxBytes);
            return found <= length
                ? new HeldPackage(await ReadAsync(response, (int)found, late.Token), room)
                : throw new PackageObjectException("OperationAborted", "The object was replaced by a larger one while it was read. Please try again.");
        }
        catch
        {
            room.Dispose();
            throw;
        }
    }

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

    private static long LengthOf(HttpResponseMessage response, long maxBytes) => response.Content.Headers.ContentLength is { } length && length <= maxBytes
        ? length
        : throw new PackageObjectException("EntityTooLarge", $"The object is larger than the {maxBytes} bytes a deployment package may have.");

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string target, Credential caller, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(target, Verbatim));
        signer.Sign(request, caller, "us-east-1", "s3", SigV4Signer.EmptyPayload);
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private static PackageObjectException Refusal(HttpResponseMessage response, string body)
    {
        var error = Document(body);
        return new PackageObjectException(
            error?.Element("Code")?.Value ?? $"{(int)response.StatusCode}", error?.Element("Message")?.Value ?? response.ReasonPhrase ?? "");
    }

    /// <summary>The store's error, which names the key; null: it sent something else.</summary>
    private static XElement? Document(string body)
    {
        try
        {
            return S3Xml.Parse(body, holdsKeys: true);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    /// <summary>A package, and the room it takes.</summary>
    private sealed class HeldPackage(IMemoryOwner<byte> bytes, IDisposable room) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory => bytes.Memory;

        public void Dispose()
        {
            bytes.Dispose();
            room.Dispose();
        }
    }
}
