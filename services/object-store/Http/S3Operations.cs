using Glue.ObjectStore.Access;
using Glue.ObjectStore.Buckets;
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
    UploadListings uploadListings, VerifyOperation verify)
{
    /// <summary>No policy grants it to others, unless it allows everything: S3 has no such action.</summary>
    private const string OwnerOnly = "glue:Configure";

    /// <summary>Query names that are no subresource: parameters of the plain operations, and what SDKs add for their own statistics.</summary>
    private static readonly string[] Parameters =
    [
        "x-id", "list-type", "prefix", "delimiter", "marker", "max-keys", "encoding-type", "continuation-token", "start-after", "fetch-owner",
        "key-marker", "version-id-marker", "versionId", "partNumber", "max-buckets", "bucket-region", "allow-unordered",
        "response-content-type", "response-content-language", "response-expires", "response-cache-control", "response-content-disposition",
        "response-content-encoding", "rate", "AWSAccessKeyId", "Signature", "Expires", "content-type", "content-md5",
    ];

    /// <exception cref="S3Exception">NotImplemented, MethodNotAllowed.</exception>
    public S3Operation Find(S3Request request)
    {
        var method = request.Http.Request.Method;
        return request switch
        {
            { BucketName: "" } => (method, Subresource(request)) switch
            {
                ("POST", VerifyOperation.Name) => new(null, verify.RunAsync),
                ("GET", _) => new(null, buckets.ListAsync),
                _ => throw new S3Exception(S3Error.MethodNotAllowed),
            },
            { Key: "" } => OnBucket(request, method),
            _ => OnObject(request, method),
        };
    }

    /// <param name="name">Of a query parameter.</param>
    public static bool IsSubresource(string name) =>
        !name.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase) && !Parameters.Contains(name, StringComparer.Ordinal);

    public static bool NamesSubresource(S3Request request) => Subresource(request) is not null;

    private S3Operation OnBucket(S3Request request, string method) => (method, Subresource(request)) switch
    {
        ("GET", null) => new("s3:ListBucket", request.Ask("list-type") == "2" ? listings.ListV2Async : listings.ListV1Async),
        ("GET", "location") => new("s3:GetBucketLocation", buckets.LocationAsync),
        ("GET", "versions") => new("s3:ListBucketVersions", versionListings.ListAsync),
        ("GET", "uploads") => new("s3:ListBucketMultipartUploads", uploadListings.ListUploadsAsync),
        ("GET", "notification") => new("s3:GetBucketNotification", notifications.GetAsync),
        ("GET", "versioning") => new("s3:GetBucketVersioning", VersioningOperations.GetAsync),
        ("GET", "acl") => new("s3:GetBucketAcl", AccessControlLists.GetAsync),
        ("GET", "policy") => new("s3:GetBucketPolicy", PolicyOperations.GetAsync),
        ("GET", "policyStatus") => new("s3:GetBucketPolicyStatus", PolicyOperations.GetStatusAsync),
        ("GET", BucketQuota.Name) => new("s3:GetBucketLocation", quota.GetAsync),
        ("GET", { } name) => BucketDocument.Find(name) is { } kind
            ? new(kind.GetAction, one => DocumentOperations.GetAsync(one, kind))
            : new("s3:GetBucketLocation", BucketProbes.Get(name) ?? throw NotImplemented(request)),
        ("HEAD", _) => new("s3:ListBucket", buckets.HeadAsync),
        ("PUT", null) => new(null, buckets.CreateAsync),
        ("PUT", "notification") => new("s3:PutBucketNotification", notifications.PutAsync),
        ("PUT", "versioning") => new("s3:PutBucketVersioning", versioning.PutAsync),
        ("PUT", "acl") => new("s3:PutBucketAcl", AccessControlLists.PutAsync),
        ("PUT", "policy") => new("s3:PutBucketPolicy", policies.PutAsync),
        ("PUT", BucketQuota.Name) => new(OwnerOnly, quota.PutAsync),
        ("PUT", { } name) => BucketDocument.Find(name) is { } kind
            ? new(kind.PutAction, one => documents.PutAsync(one, kind))
            : new(OwnerOnly, BucketProbes.Put(name) ?? throw NotImplemented(request)),
        ("DELETE", null) => new("s3:DeleteBucket", buckets.DeleteAsync),
        ("DELETE", "policy") => new("s3:DeleteBucketPolicy", policies.DeleteAsync),
        ("DELETE", BucketQuota.Name) => new(OwnerOnly, quota.DeleteAsync),
        ("DELETE", { } name) => BucketDocument.Find(name) is { } kind
            ? new(kind.PutAction, one => documents.DeleteAsync(one, kind))
            : new(OwnerOnly, BucketProbes.Delete(name) ?? throw NotImplemented(request)),
        ("POST", "delete") => new(null, deleteMany.DeleteAsync),
        ("POST", _) => throw NotImplemented(request),
        _ => throw new S3Exception(S3Error.MethodNotAllowed),
    };

    private S3Operation OnObject(S3Request request, string method) => (method, Subresource(request)) switch
    {
        ("GET", null) => new(OfVersion(request, "s3:GetObject"), reads.GetAsync),
        ("GET", "uploadId") => new("s3:ListMultipartUploadParts", uploadListings.ListPartsAsync),
        ("GET", "acl") => new(OfVersion(request, "s3:GetObjectAcl"), acls.GetOfObjectAsync),
        ("GET", "tagging") => new(OfVersion(request, "s3:GetObjectTagging"), tags.GetAsync),
        ("GET", "attributes") => new(OfVersion(request, "s3:GetObjectAttributes"), attributes.GetAsync),
        ("HEAD", null) => new(OfVersion(request, "s3:GetObject"), reads.HeadAsync),
        ("PUT", null) => new("s3:PutObject", request.Header("x-amz-copy-source") is null ? writes.PutAsync : writes.CopyAsync),
        ("PUT", "uploadId") => new("s3:PutObject", request.Header("x-amz-copy-source") is null ? parts.PutAsync : parts.CopyAsync),
        ("PUT", "acl") => new(OfVersion(request, "s3:PutObjectAcl"), acls.PutOfObjectAsync),
        ("PUT", "tagging") => new(OfVersion(request, "s3:PutObjectTagging"), tags.PutAsync),
        ("DELETE", null) => new(OfVersion(request, "s3:DeleteObject"), writes.DeleteAsync),
        ("DELETE", "uploadId") => new("s3:AbortMultipartUpload", multipart.AbortAsync),
        ("DELETE", "tagging") => new(OfVersion(request, "s3:DeleteObjectTagging"), tags.DeleteAsync),
        ("POST", "uploads") => new("s3:PutObject", multipart.CreateAsync),
        ("POST", "uploadId") => new("s3:PutObject", multipart.CompleteAsync),
        ("GET" or "HEAD" or "PUT" or "POST" or "DELETE", _) => throw NotImplemented(request),
        _ => throw new S3Exception(S3Error.MethodNotAllowed),
    };

    /// <summary>Actions on a named version have their own names: <c>s3:GetObjectVersion</c>, <c>s3:GetObjectVersionTagging</c>. An empty id names none.</summary>
    private static string OfVersion(S3Request request, string action) =>
        VersionId.Parse(request.Ask("versionId")) is null ? action : action.Insert(action.IndexOf("Object", StringComparison.Ordinal) + "Object".Length, "Version");

    private static string? Subresource(S3Request request)
    {
        foreach (var name in request.Query.Keys)
        {
            if (IsSubresource(name))
            {
                return name;
            }
        }

        return null;
    }

    private static S3Exception NotImplemented(S3Request request) => new(
        S3Error.NotImplemented, $"{request.Http.Request.Method} with the subresource '{Subresource(request) ?? ""}' is not implemented by this store.");
}
