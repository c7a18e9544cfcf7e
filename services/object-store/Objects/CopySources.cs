using Glue.Foundation.S3;
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
        var named = S3CopySource.Parse(request.Header(S3CopySource.Header))
            ?? throw new S3Exception(S3Error.InvalidArgument, "Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
        var bucket = buckets.Find(named.Bucket)
            ?? throw new S3Exception(S3Error.NoSuchBucket) { Details = [("BucketName", named.Bucket)] };
        var version = VersionId.Parse(named.VersionId);
        AccessControl.Check(request, bucket, named.Key, version is null ? "s3:GetObject" : "s3:GetObjectVersion");
        return new CopySource(bucket, named.Key, version);
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
