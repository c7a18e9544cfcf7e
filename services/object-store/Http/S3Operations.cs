using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Listing;
using Glue.ObjectStore.Multipart;
using Glue.ObjectStore.Notifications;
using Glue.ObjectStore.Objects;
using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Http;

/// <summary>Which operation a request is: by method, by what it names, and by the subresource in its query.</summary>
internal sealed class S3Operations(
    BucketOperations buckets, NotificationOperations notifications, ObjectListings listings, ObjectReads reads, ObjectWrites writes,
    DeleteMany deleteMany, MultipartUploads multipart, PartUploads parts, UploadListings uploadListings)
{
    /// <summary>Query names that are no subresource: parameters of the plain operations, and what SDKs add for their own statistics.</summary>
    private static readonly string[] Parameters =
    [
        "x-id", "list-type", "prefix", "delimiter", "marker", "max-keys", "encoding-type", "continuation-token", "start-after", "fetch-owner",
        "key-marker", "version-id-marker", "versionId", "partNumber", "max-buckets", "bucket-region", "allow-unordered",
        "response-content-type", "response-content-language", "response-expires", "response-cache-control", "response-content-disposition",
        "response-content-encoding", "AWSAccessKeyId", "Signature", "Expires", "content-type", "content-md5",
    ];

    /// <exception cref="S3Exception">Whatever the operation answers instead of success.</exception>
    public Task RunAsync(S3Request request)
    {
        var method = request.Http.Request.Method;
        return request switch
        {
            { BucketName: "" } => HttpMethods.IsGet(method) ? buckets.ListAsync(request) : throw new S3Exception(S3Error.MethodNotAllowed),
            { Key: "" } => OnBucket(request, method),
            _ => OnObject(request, method),
        };
    }

    public static bool NamesSubresource(S3Request request) => Subresource(request) is not null;

    private Task OnBucket(S3Request request, string method) => (method, Subresource(request)) switch
    {
        ("GET", null) => request.Ask("list-type") == "2" ? listings.ListV2Async(request) : listings.ListV1Async(request),
        ("GET", "location") => buckets.LocationAsync(request),
        ("GET", "versions") => listings.ListVersionsAsync(request),
        ("GET", "uploads") => uploadListings.ListUploadsAsync(request),
        ("GET", "notification") => notifications.GetAsync(request),
        ("GET", _) => BucketProbes.TryAnswer(request, out var answering) ? answering : throw NotImplemented(request),
        ("HEAD", _) => buckets.HeadAsync(request),
        ("PUT", null) => buckets.CreateAsync(request),
        ("PUT", "notification") => notifications.PutAsync(request),
        ("DELETE", null) => buckets.DeleteAsync(request),
        ("DELETE", _) => BucketProbes.TryRemove(request) ? Task.CompletedTask : throw NotImplemented(request),
        ("POST", "delete") => deleteMany.DeleteAsync(request),
        ("POST" or "PUT", _) => throw NotImplemented(request),
        _ => throw new S3Exception(S3Error.MethodNotAllowed),
    };

    private Task OnObject(S3Request request, string method) => (method, Subresource(request)) switch
    {
        ("GET", null) => reads.GetAsync(request),
        ("GET", "uploadId") => uploadListings.ListPartsAsync(request),
        ("GET", "acl") => ObjectProbes.AclAsync(request, reads),
        ("GET", "tagging") => ObjectProbes.TaggingAsync(request, reads),
        ("HEAD", null) => reads.HeadAsync(request),
        ("PUT", null) => request.Header("x-amz-copy-source") is null ? writes.PutAsync(request) : writes.CopyAsync(request),
        ("PUT", "uploadId") => request.Header("x-amz-copy-source") is null ? parts.PutAsync(request) : parts.CopyAsync(request),
        ("DELETE", null) => writes.DeleteAsync(request),
        ("DELETE", "uploadId") => multipart.AbortAsync(request),
        ("DELETE", "tagging") => ObjectProbes.RemoveTagging(request, reads),
        ("POST", "uploads") => multipart.CreateAsync(request),
        ("POST", "uploadId") => multipart.CompleteAsync(request),
        ("GET" or "HEAD" or "PUT" or "POST" or "DELETE", _) => throw NotImplemented(request),
        _ => throw new S3Exception(S3Error.MethodNotAllowed),
    };

    private static string? Subresource(S3Request request)
    {
        foreach (var name in request.Query.Keys)
        {
            if (!name.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase) && !Parameters.Contains(name, StringComparer.Ordinal))
            {
                return name;
            }
        }

        return null;
    }

    private static S3Exception NotImplemented(S3Request request) => new(
        S3Error.NotImplemented, $"{request.Http.Request.Method} with the subresource '{Subresource(request) ?? ""}' is not implemented by this store.");
}
