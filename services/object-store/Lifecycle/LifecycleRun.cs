using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Files;
using Glue.ObjectStore.Http;
using Glue.ObjectStore.Multipart;
using Glue.ObjectStore.Objects;
using Microsoft.Extensions.Logging;

namespace Glue.ObjectStore.Lifecycle;

/// <summary>Applies the lifecycle rules once to everything there is.</summary>
internal sealed class LifecycleRun(
    BucketCatalog buckets, ObjectCatalog objects, UploadCatalog uploads, LifecycleCandidates candidates, BlobFiles files, TimeProvider time,
    ILogger<LifecycleRun> logger)
{
    private const int AtOnce = 64; // deletions that share commits

    /// <summary>A bucket whose rules fail is logged and stays for the next run; it holds up no other bucket.</summary>
    /// <returns>Versions and uploads removed, and delete markers made.</returns>
    public async Task<int> ApplyAsync(CancellationToken cancellationToken)
    {
        var done = 0;
        foreach (var bucket in buckets.All.Where(static bucket => bucket.Settings.Lifecycle is { Rules.Count: > 0 }).ToList())
        {
            try
            {
                done += await ExpireAsync(bucket, cancellationToken);
                done += await AbortUploadsAsync(bucket, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                Log.LifecycleOfBucketFailed(logger, bucket.Name, e); // a full disk, say; what is due stays due
            }
        }

        return done;
    }

    private async Task<int> ExpireAsync(Bucket bucket, CancellationToken cancellationToken)
    {
        var done = 0;
        foreach (var together in candidates.Walk(bucket).SelectMany(versions => Due(bucket, versions)).Chunk(AtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            done += (await Task.WhenAll(together.Select(one => ExpireAsync(bucket, one.Version, one.ForEver)))).Count(static changed => changed);
        }

        return done;
    }

    /// <param name="bucket">Its rules decide.</param>
    /// <param name="versions">Of one key, the latest first.</param>
    private IEnumerable<(LifecycleCandidate Version, bool ForEver)> Due(Bucket bucket, IReadOnlyList<LifecycleCandidate> versions)
    {
        var now = time.GetUtcNow();
        var noncurrent = 0;
        foreach (var version in versions)
        {
            var rules = bucket.Settings.Lifecycle!.Rules.Where(rule => rule.Filter.Matches(version.Key, version.Size, version.Tags));
            if (version.ReplacedAt is { } replaced)
            {
                var newer = noncurrent++;
                if (rules.Any(rule => newer >= rule.NewerNoncurrentVersions && LifecycleRule.After(replaced, rule.NoncurrentDays) <= now))
                {
                    yield return (version, ForEver: true);
                }
            }
            else if (version.IsMarker)
            {
                if (versions.Count == 1 && rules.Any(rule => rule.RemovesExpiredMarkers || rule.Expires(version.ModifiedAt) <= now))
                {
                    yield return (version, ForEver: true);
                }
            }
            else if (rules.Any(rule => rule.Expires(version.ModifiedAt) <= now))
            {
                yield return (version, ForEver: false);
            }
        }
    }

    private async Task<bool> ExpireAsync(Bucket bucket, LifecycleCandidate version, bool forEver)
    {
        var origin = ChangeOrigin.OfStore("LifecycleExpiration:Delete", time.GetUtcNow());
        try
        {
            return (await objects.DeleteAsync(
                bucket, ObjectKey.FromBytes(version.Key), forEver ? version.Version : null, WriteConditions.None, origin, new SeenVersion(version.Sequence, IsCurrent: !forEver))).IsChange;
        }
        catch (S3Exception e) when (e.Error == S3Error.NoSuchBucket)
        {
            return false; // deleted meanwhile, with all that was due
        }
    }

    private async Task<int> AbortUploadsAsync(Bucket bucket, CancellationToken cancellationToken)
    {
        var rules = bucket.Settings.Lifecycle!.Rules.Where(static rule => rule.AbortUploadsAfterDays is not null).ToList();
        if (rules.Count == 0)
        {
            return 0;
        }

        var done = 0;
        foreach (var upload in uploads.List(bucket, ""))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!rules.Exists(rule => upload.Key.StartsWith(rule.Filter.Prefix, StringComparison.Ordinal)
                && LifecycleRule.After(upload.InitiatedAt, rule.AbortUploadsAfterDays) <= time.GetUtcNow()))
            {
                continue;
            }

            try
            {
                files.Delete(await uploads.AbortAsync(bucket, upload.Key, upload.Id));
                done++;
            }
            catch (S3Exception e) when (e.Error == S3Error.NoSuchUpload || e.Error == S3Error.NoSuchBucket)
            {
                // Completed or aborted meanwhile.
            }
        }

        return done;
    }
}
