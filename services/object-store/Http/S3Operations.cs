using Glue.Foundation.S3;
using Glue.ObjectStore.Access;
using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Listening;
using Glue.ObjectStore.Listing;
using Glue.ObjectStore.Multipart;
using Glue.ObjectStore.Notifications;
using Glue.ObjectStore.Objects;
using Glue.ObjectStore.Scrub;
using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Http;

/// <summary>Which operation a request is: by method, by what it names, and by the subresource in its query.</summary>
internal sealed class S3Operations(
    BucketOperations buckets, VersioningOperations versioning, DocumentOperations documents, PolicyOperations policies, BucketQuota quota,
    NotificationOperations notifications, ObjectListings listings, VersionListings versionListings, ObjectReads reads, ObjectAttributes attributes,
    ObjectWrites writes, TagOperations tags, AccessControlLists acls, DeleteMany deleteMany, MultipartUploads multipart, PartUploads parts,
    UploadListings uploadListings, VerifyOperation verify, ListenOperation listening)
{
    /// <exception cref="S3Exception">NotImplemented, MethodNotAllowed.</exception>
    public S3Operation Find(S3Request request)
    {
        var method = request.Http.Request.Method;
        return request switch
        {
            { BucketName: "" } => (method, Subresource(request)) switch
            {
                ("POST", VerifyOperation.Name) => new(null, verify.RunAsync),
                ("GET", "events") => new(null, listening.RunAsync),
                ("GET", _) => new(null, buckets.ListAsync),
                _ => throw new S3Exception(S3Error.MethodNotAllowed),
            },
            { Key: "" } => new(S3Actions.OfBucket(method, Subresource(request)), OnBucket(request, method)),
            _ => new(S3Actions.OfObject(method, Subresource(request), NamesVersion(request)), OnObject(request, method)),
        };
    }

    public static bool NamesSubresource(S3Request request) => Subresource(request) is not null;

    private Func<S3Request, Task> OnBucket(S3Request request, string method) => (method, Subresource(request)) switch
    {
        ("GET", null) => request.Ask("list-type") == "2" ? listings.ListV2Async : listings.ListV1Async,
        ("GET", "location") => buckets.LocationAsync,
        ("GET", "versions") => versionListings.ListAsync,
        ("GET", "uploads") => uploadListings.ListUploadsAsync,
        ("GET", "events") => listening.RunAsync,
        ("GET", "notification") => notifications.GetAsync,
        ("GET", "versioning") => VersioningOperations.GetAsync,
        ("GET", "acl") => AccessControlLists.GetAsync,
        ("GET", "policy") => PolicyOperations.GetAsync,
        ("GET", "policyStatus") => PolicyOperations.GetStatusAsync,
        ("GET", BucketQuota.Name) => quota.GetAsync,
        ("GET", { } name) => BucketDocument.Find(name) is { } kind
            ? one => DocumentOperations.GetAsync(one, kind)
            : BucketProbes.Get(name) ?? throw NotImplemented(request),
        ("HEAD", _) => buckets.HeadAsync,
        ("PUT", null) => buckets.CreateAsync,
        ("PUT", "notification") => notifications.PutAsync,
        ("PUT", "versioning") => versioning.PutAsync,
        ("PUT", "acl") => AccessControlLists.PutAsync,
        ("PUT", "policy") => policies.PutAsync,
        ("PUT", BucketQuota.Name) => quota.PutAsync,
        ("PUT", { } name) => BucketDocument.Find(name) is { } kind
            ? one => documents.PutAsync(one, kind)
            : BucketProbes.Put(name) ?? throw NotImplemented(request),
        ("DELETE", null) => buckets.DeleteAsync,
        ("DELETE", "policy") => policies.DeleteAsync,
        ("DELETE", BucketQuota.Name) => quota.DeleteAsync,
        ("DELETE", { } name) => BucketDocument.Find(name) is { } kind
            ? one => documents.DeleteAsync(one, kind)
            : BucketProbes.Delete(name) ?? throw NotImplemented(request),
        ("POST", "delete") => deleteMany.DeleteAsync,
        ("POST", _) => throw NotImplemented(request),
        _ => throw new S3Exception(S3Error.MethodNotAllowed),
    };

    private Func<S3Request, Task> OnObject(S3Request request, string method) => (method, Subresource(request)) switch
    {
        ("GET", null) => reads.GetAsync,
        ("GET", "uploadId") => uploadListings.ListPartsAsync,
        ("GET", "acl") => acls.GetOfObjectAsync,
        ("GET", "tagging") => tags.GetAsync,
        ("GET", "attributes") => attributes.GetAsync,
        ("HEAD", null) => reads.HeadAsync,
        ("PUT", null) => request.Header("x-amz-copy-source") is null ? writes.PutAsync : writes.CopyAsync,
        ("PUT", "uploadId") => request.Header("x-amz-copy-source") is null ? parts.PutAsync : parts.CopyAsync,
        ("PUT", "acl") => acls.PutOfObjectAsync,
        ("PUT", "tagging") => tags.PutAsync,
        ("DELETE", null) => writes.DeleteAsync,
        ("DELETE", "uploadId") => multipart.AbortAsync,
        ("DELETE", "tagging") => tags.DeleteAsync,
        ("POST", "uploads") => multipart.CreateAsync,
        ("POST", "uploadId") => multipart.CompleteAsync,
        ("GET" or "HEAD" or "PUT" or "POST" or "DELETE", _) => throw NotImplemented(request),
        _ => throw new S3Exception(S3Error.MethodNotAllowed),
    };

    /// <summary>An empty id names none.</summary>
    private static bool NamesVersion(S3Request request) => VersionId.Parse(request.Ask("versionId")) is not null;

    private static string? Subresource(S3Request request)
    {
        foreach (var name in request.Query.Keys)
        {
            if (S3Actions.IsSubresource(name))
            {
                return name;
            }
        }

        return null;
    }

    private static S3Exception NotImplemented(S3Request request) => new(
        S3Error.NotImplemented, $"{request.Http.Request.Method} with the subresource '{Subresource(request) ?? ""}' is not implemented by this store.");
}
