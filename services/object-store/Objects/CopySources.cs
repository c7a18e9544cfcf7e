using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Objects;

/// <summary>What <c>x-amz-copy-source</c> names.</summary>
internal sealed record CopySource(Bucket Bucket, string Key);

/// <summary>Reads and checks the source of CopyObject and UploadPartCopy.</summary>
internal sealed class CopySources(BucketCatalog buckets)
{
    /// <exception cref="S3Exception">It cannot be read, does not exist, or is not the caller's.</exception>
    public CopySource Read(S3Request request)
    {
        var header = request.Header("x-amz-copy-source")!.AsSpan();
        var version = header.LastIndexOf("?versionId=");
        if (version >= 0)
        {
            ObjectReads.CheckVersion(header[(version + "?versionId=".Length)..].ToString());
            header = header[..version];
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
        return bucket.AccountId == request.Credential.AccountId
            ? new CopySource(bucket, path[(slash + 1)..])
            : throw new S3Exception(S3Error.AccessDenied);
    }

    /// <summary>Gives the source if it exists and the <c>x-amz-copy-source-if-</c> conditions hold.</summary>
    /// <exception cref="S3Exception">NoSuchKey, PreconditionFailed.</exception>
    public static StoredObject Check(S3Request request, CopySource source, StoredObject? stored)
    {
        if (stored is null)
        {
            throw new S3Exception(S3Error.NoSuchKey) { Details = [("Key", source.Key)] };
        }

        return ReadConditions.Decide(request, stored, "x-amz-copy-source-") == ReadDecision.Send
            ? stored
            : throw new S3Exception(S3Error.PreconditionFailed);
    }
}
