namespace Glue.Foundation.S3;

/// <summary>
/// Which action a request is, as policies name it: by method, by what it names, and by the subresource in its query (Service Authorization
/// Reference, "Actions, resources, and condition keys for Amazon S3", read 2026-11).
/// </summary>
public static class S3Actions
{
    /// <summary>No policy grants it to others, unless it allows everything: S3 has no such action.</summary>
    public const string OwnerOnly = "glue:Configure";

    /// <summary>Query names that are no subresource: parameters of the plain operations, and what SDKs add for their own statistics.</summary>
    private static readonly string[] Parameters =
    [
        "x-id", "list-type", "prefix", "delimiter", "marker", "max-keys", "encoding-type", "continuation-token", "start-after", "fetch-owner",
        "key-marker", "version-id-marker", "versionId", "partNumber", "max-buckets", "bucket-region", "allow-unordered",
        "response-content-type", "response-content-language", "response-expires", "response-cache-control", "response-content-disposition",
        "response-content-encoding", "rate", "suffix", "ping", "AWSAccessKeyId", "Signature", "Expires", "content-type", "content-md5",
    ];

    /// <param name="name">Of a query parameter.</param>
    public static bool IsSubresource(string name) =>
        !name.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase) && !Parameters.Contains(name, StringComparer.Ordinal);

    /// <param name="method">In capitals.</param>
    /// <param name="subresource">Null: the bucket itself.</param>
    /// <returns>Null of DeleteObjects: s3:DeleteObject of each key it names.</returns>
    public static string? OfBucket(string method, string? subresource) => (method, subresource) switch
    {
        ("POST", "delete") => null,
        ("GET" or "HEAD", null) or ("HEAD", _) => "s3:ListBucket",
        ("PUT", null) => "s3:CreateBucket",
        ("DELETE", null) => "s3:DeleteBucket",
        ("GET", "events") => "s3:ListenBucketNotification", // MinIO's
        ("GET", "location") => "s3:GetBucketLocation",
        ("GET", "versions") => "s3:ListBucketVersions",
        ("GET", "uploads") => "s3:ListBucketMultipartUploads",
        ("GET", "policyStatus") => "s3:GetBucketPolicyStatus",
        ("GET", "glue-quota") => "s3:GetBucketLocation",
        (_, "glue-quota") => OwnerOnly,
        ("DELETE", "policy") => "s3:DeleteBucketPolicy",
        ("DELETE", "website") => "s3:DeleteBucketWebsite",
        (_, "lifecycle") => Verb(method) + "LifecycleConfiguration",
        (_, "encryption") => Verb(method) + "EncryptionConfiguration",
        (_, "replication") => Verb(method) + "ReplicationConfiguration",
        (_, "accelerate") => Verb(method) + "AccelerateConfiguration",
        (_, "analytics") => Verb(method) + "AnalyticsConfiguration",
        (_, "inventory") => Verb(method) + "InventoryConfiguration",
        (_, "metrics") => Verb(method) + "MetricsConfiguration",
        (_, "intelligent-tiering") => Verb(method) + "IntelligentTieringConfiguration",
        (_, "object-lock") => Verb(method) + "BucketObjectLockConfiguration",
        (_, "cors") => Verb(method) + "BucketCORS",
        (_, { } name) => Verb(method) + "Bucket" + Capitalised(name), // acl, policy, tagging, versioning, notification, logging, website, requestPayment …
        _ => OwnerOnly,
    };

    /// <param name="method">In capitals.</param>
    /// <param name="subresource">Null: the object itself.</param>
    /// <param name="isOfVersion">The request names one; such actions have their own names: <c>s3:GetObjectVersionTagging</c>.</param>
    public static string OfObject(string method, string? subresource, bool isOfVersion) => (method, subresource) switch
    {
        ("GET", "uploadId") => "s3:ListMultipartUploadParts",
        ("DELETE", "uploadId") => "s3:AbortMultipartUpload",
        ("PUT" or "POST", "uploadId" or "uploads") => "s3:PutObject",
        ("PUT", null) => "s3:PutObject",
        ("POST", "restore") => "s3:RestoreObject",
        ("POST", "select") => "s3:GetObject",
        ("GET" or "HEAD", null) => isOfVersion ? "s3:GetObjectVersion" : "s3:GetObject",
        ("DELETE", null) => isOfVersion ? "s3:DeleteObjectVersion" : "s3:DeleteObject",
        ("DELETE", "tagging") => isOfVersion ? "s3:DeleteObjectVersionTagging" : "s3:DeleteObjectTagging",
        (_, "retention") => Verb(method) + "ObjectRetention",
        (_, "legal-hold") => Verb(method) + "ObjectLegalHold",
        (_, { } name) => Verb(method) + (isOfVersion ? "ObjectVersion" : "Object") + Capitalised(name), // acl, tagging, attributes, torrent …
        _ => OwnerOnly,
    };

    /// <summary>Removing a configuration is putting it, as S3 has it.</summary>
    private static string Verb(string method) => method is "GET" or "HEAD" ? "s3:Get" : "s3:Put";

    private static string Capitalised(string name) => name.Length == 0 ? name : char.ToUpperInvariant(name[0]) + name[1..];
}
