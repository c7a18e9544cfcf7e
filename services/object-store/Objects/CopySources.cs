using Glue.ObjectStore.Access;
using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Objects;

/// <summary>What <c>x-amz-copy-source</c> names.</summary>
internal sealed record CopySource(Bucket Bucket, string Key, VersionId? Version);

/// <summary>Reads and checks the source of CopyObject and UploadPartCopy.</summary>
internal sealed class CopySources(BucketCatalog buckets)
{
    /// <exception cref="S3Exception">It cannot be read, does not exist, or is not the caller's.</exception>
    public CopySource Read(S3Request request)
    {
        var header = request.Header("x-amz-copy-source")!.AsSpan();
        var question = header.LastIndexOf("?versionId=");
        VersionId? version = null;
        if (question >= 0)
        {
            version = VersionId.Parse(header[(question + "?versionId=".Length)..].ToString());
            header = header[..question];
        }

        // The whole value is percent-encoded, by some clients with the slash between bucket and key.
        var path = ResourceName.Decode(header.StartsWith("/") ? header[1..] : header);
        path = path.StartsWith('/') ? path[1..] : path;
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == path.Length - 1)
        {
            throw new S3Exception(S3Error.InvalidArgument, "Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
        }

        var bucket = buckets.Find(path[..slash])
            ?? throw new S3Exception(S3Error.NoSuchBucket) { Details = [("BucketName", path[..slash])] };
        var key = path[(slash + 1)..];
        AccessControl.Check(request, bucket, key, version is null ? "s3:GetObject" : "s3:GetObjectVersion");
        return new CopySource(bucket, key, version);
    }

    /// <summary>Names the version that was copied, when there are versions.</summary>
    public static void SendVersion(S3Request request, CopySource source, StoredObject copied)
    {
        if (source.Bucket.HasVersions)
        {
            request.Http.Response.Headers["x-amz-copy-source-version-id"] = copied.Version.Text;
        }
    }

    /// <summary>Gives the source if it exists and the <c>x-amz-copy-source-if-</c> conditions hold.</summary>
    /// <exception cref="S3Exception">NoSuchKey, PreconditionFailed.</exception>
    public static StoredObject Check(S3Request request, CopySource source, StoredObject? stored)
    {
        if (stored is null)
        {
            throw source.Version is null
                ? new S3Exception(S3Error.NoSuchKey) { Details = [("Key", source.Key)] }
                : new S3Exception(S3Error.NoSuchVersion) { Details = [("Key", source.Key), ("VersionId", source.Version.Text)] };
        }

        if (stored.IsDeleteMarker)
        {
            throw new S3Exception(S3Error.InvalidRequest, "The source of a copy request may not specifically refer to a delete marker by version id.");
        }

        return ReadConditions.Decide(request, stored, "x-amz-copy-source-") == ReadDecision.Send
            ? stored
            : throw new S3Exception(S3Error.PreconditionFailed);
    }
}
