using System.Text;
using Glue.Functions.Http;

namespace Glue.Functions.Storage;

/// <summary>
/// A small S3 client for code inside a sandbox: GET, HEAD, PUT, DELETE and multipart uploads over the storage gateway. Requests are not
/// signed: the gateway knows which function is asking and signs for it (a request signed with the sandbox's own keys does as well). It
/// blocks, and retries nothing but a connection that had gone stale: a failed invocation is retried by Glue. For everything else use
/// AWSSDK.S3.
/// </summary>
/// <remarks>May be used by several threads; each exchange under way has its own connection, idle ones are kept.</remarks>
public sealed class StorageClient(HttpEndpoint endpoint) : IDisposable
{
    /// <summary>Silence of the gateway that ends a request. The gateway answers sooner when the store is down.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    private const int MostIdle = 16;
    private const int MostErrorBytes = 64 * 1024;
    private const int MostAnswerBytes = 4 * 1024 * 1024; // a page of a list

    private readonly Stack<HttpConnection> _idle = new();

    /// <summary>The endpoint of <c>AWS_ENDPOINT_URL_S3</c>, else <c>AWS_ENDPOINT_URL</c>.</summary>
    /// <exception cref="InvalidOperationException">Neither is set.</exception>
    public static StorageClient FromEnvironment()
    {
        var url = Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL_S3") is { Length: > 0 } s3
            ? s3
            : Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL");
        return string.IsNullOrEmpty(url)
            ? throw new InvalidOperationException("AWS_ENDPOINT_URL_S3 is not set: there is no storage gateway to talk to.")
            : new StorageClient(HttpEndpoint.Parse(url));
    }

    /// <summary>Opens an object; its bytes are read through <see cref="StoredObject.Body"/>.</summary>
    /// <param name="bucket">Its bucket.</param>
    /// <param name="key">Its key.</param>
    /// <param name="range">The part that is wanted; null: all of it.</param>
    /// <param name="versionId">Null: the latest version.</param>
    /// <param name="ifMatch">ETag that the object must still have, without quotes; else refused with <c>PreconditionFailed</c>.</param>
    /// <exception cref="StorageException">Refused: <c>NoSuchKey</c>, <c>AccessDenied</c>, <c>InvalidRange</c>, …</exception>
    /// <exception cref="HttpFaultException">The gateway could not be reached, or was cut off.</exception>
    public StoredObject Get(string bucket, string key, ObjectRange? range = null, string? versionId = null, string? ifMatch = null)
    {
        var connection = Rent();
        var done = false;
        try
        {
            var request = connection.Request("GET", Target(bucket, key, versionId));
            if (range is { } part)
            {
                request.Header("Range", part.ToString());
            }

            if (ifMatch is not null)
            {
                request.Header("If-Match", $"\"{ifMatch}\"");
            }

            var response = connection.Exchange(request.End());
            ThrowIfRefused(response, "GET", bucket, key);
            var opened = new StoredObject(this, connection, response);
            done = true;
            return opened;
        }
        finally
        {
            if (!done)
            {
                Return(connection);
            }
        }
    }

    /// <summary>What <see cref="Get"/> would say of the object, without its bytes.</summary>
    /// <exception cref="StorageException">Refused; <c>NotFound</c> where there is none.</exception>
    public ObjectInfo Head(string bucket, string key, string? versionId = null) => WithConnection(connection =>
    {
        var response = connection.Exchange(connection.Request("HEAD", Target(bucket, key, versionId)).End(), expectsBody: false);
        ThrowIfRefused(response, "HEAD", bucket, key);
        return ObjectInfo.Read(response);
    });

    /// <summary>Stores an object from memory.</summary>
    /// <returns>The new object's ETag, without quotes.</returns>
    /// <exception cref="StorageException">Refused: <c>NoSuchBucket</c>, <c>AccessDenied</c>, …</exception>
    /// <exception cref="HttpFaultException">The gateway could not be reached, or was cut off: whether the object was stored is not known.</exception>
    public string Put(string bucket, string key, ReadOnlySpan<byte> body, ObjectUpload upload)
    {
        var connection = Rent();
        try
        {
            return Stored(connection.Exchange(PutHead(connection, bucket, key, body.Length, upload), body), bucket, key);
        }
        finally
        {
            Return(connection);
        }
    }

    /// <summary>Stores an object from a stream of known length, without holding it in memory.</summary>
    /// <inheritdoc cref="Put(string, string, ReadOnlySpan{byte}, ObjectUpload)"/>
    public string Put(string bucket, string key, Stream body, long length, ObjectUpload upload) => WithConnection(connection =>
        Stored(connection.Exchange(PutHead(connection, bucket, key, length, upload), body, length), bucket, key));

    /// <summary>Deletes an object. One that is not there counts as deleted.</summary>
    public void Delete(string bucket, string key) => Send("DELETE", bucket, key, "", default);

    /// <summary>Begins an upload in parts: nothing of it can be seen before <see cref="MultipartUpload.Complete"/>.</summary>
    public MultipartUpload BeginUpload(string bucket, string key, ObjectUpload upload)
    {
        var xml = WithConnection(connection =>
        {
            var head = Describe(connection.Request("POST", ObjectPath.Encode(bucket, key) + "?uploads"), upload).Header("Content-Length", 0);
            return Answer(connection.Exchange(head.End()), "CreateMultipartUpload", bucket, key);
        });
        var id = ErrorXml.Element(xml, "UploadId") ?? throw new HttpFaultException("The store began an upload without naming it.");
        return new MultipartUpload(this, bucket, key, id);
    }

    /// <summary>Uploads in parts that were begun and neither completed nor aborted, of the first 1,000 keys with that prefix.</summary>
    public IReadOnlyList<MultipartUpload> UnfinishedUploads(string bucket, string prefix)
    {
        var xml = WithConnection(connection =>
        {
            var target = $"{ObjectPath.Encode(bucket, "")}?uploads&encoding-type=url&prefix={ObjectPath.EncodeValue(prefix)}";
            return Answer(connection.Exchange(connection.Request("GET", target).End()), "ListMultipartUploads", bucket, prefix);
        });
        return UploadList.Read(xml, this, bucket);
    }

    public void Dispose()
    {
        lock (_idle)
        {
            while (_idle.TryPop(out var connection))
            {
                connection.Dispose();
            }
        }
    }

    /// <summary>A request on an object whose query and small body are all there is to it.</summary>
    /// <returns>The answer's body and ETag.</returns>
    internal (string Xml, string ETag) Send(
        string method, string bucket, string key, string query, ReadOnlySpan<byte> body, (string Name, string Value)? header = null)
    {
        var connection = Rent();
        try
        {
            var head = connection.Request(method, ObjectPath.Encode(bucket, key) + query).Header("Content-Length", body.Length);
            if (header is var (name, value))
            {
                head.Header(name, value);
            }

            var response = connection.Exchange(head.End(), body);
            var xml = Answer(response, method, bucket, key);
            return (xml, (response.Header("ETag"u8) ?? "").Trim('"'));
        }
        finally
        {
            Return(connection);
        }
    }

    internal void Return(HttpConnection connection)
    {
        lock (_idle)
        {
            if (_idle.Count < MostIdle)
            {
                _idle.Push(connection);
                return;
            }
        }

        connection.Dispose();
    }

    private HttpConnection Rent()
    {
        lock (_idle)
        {
            return _idle.TryPop(out var connection) ? connection : new HttpConnection(endpoint, Silence);
        }
    }

    private T WithConnection<T>(Func<HttpConnection, T> exchange)
    {
        var connection = Rent();
        try
        {
            return exchange(connection);
        }
        finally
        {
            Return(connection);
        }
    }

    private static HttpRequestHead PutHead(HttpConnection connection, string bucket, string key, long length, ObjectUpload upload)
    {
        return Describe(connection.Request("PUT", ObjectPath.Encode(bucket, key)), upload).Header("Content-Length", length).End();
    }

    private static HttpRequestHead Describe(HttpRequestHead head, ObjectUpload upload)
    {
        head.Header("Content-Type", upload.ContentType);
        if (upload.CacheControl is { } cacheControl)
        {
            head.Header("Cache-Control", cacheControl);
        }

        foreach (var (name, value) in upload.Metadata)
        {
            head.Header("x-amz-meta-" + name, value);
        }

        return head;
    }

    private static string Target(string bucket, string key, string? versionId)
    {
        var path = ObjectPath.Encode(bucket, key);
        return string.IsNullOrEmpty(versionId) ? path : $"{path}?versionId={ObjectPath.EncodeValue(versionId)}";
    }

    private static string Stored(HttpResponse response, string bucket, string key)
    {
        ThrowIfRefused(response, "PUT", bucket, key);
        return (response.Header("ETag"u8) ?? "").Trim('"');
    }

    private static string Answer(HttpResponse response, string operation, string bucket, string key)
    {
        ThrowIfRefused(response, operation, bucket, key);
        return ReadText(response.Body, MostAnswerBytes);
    }

    private static void ThrowIfRefused(HttpResponse response, string operation, string bucket, string key)
    {
        if (response.Status is >= 200 and < 300)
        {
            return;
        }

        var xml = ReadText(response.Body, MostErrorBytes);
        var requestId = response.Header("x-amz-request-id"u8);
        throw new StorageException(
            response.Status, ErrorXml.Element(xml, "Code") ?? CodeOf(response.Status),
            ErrorXml.Element(xml, "Message") ?? "the store gave no reason", operation, bucket, key, requestId);
    }

    private static string CodeOf(int status) => status switch
    {
        304 => "NotModified",
        403 => "Forbidden",
        404 => "NotFound",
        412 => "PreconditionFailed",
        _ => "Http" + status,
    };

    private static string ReadText(HttpBodyStream body, int most)
    {
        var bytes = new byte[4096];
        var length = 0;
        while (!body.Ended && length < most)
        {
            if (length == bytes.Length)
            {
                Array.Resize(ref bytes, bytes.Length * 2);
            }

            length += body.Read(bytes.AsSpan(length));
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
