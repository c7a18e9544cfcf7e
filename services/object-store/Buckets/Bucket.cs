namespace Glue.ObjectStore.Buckets;

/// <summary>A bucket. Its id is never used twice, so a late write to a deleted bucket cannot land in its successor of the same name.</summary>
internal sealed record Bucket(long Id, string Name, string AccountId, DateTimeOffset CreatedAt, BucketSettings Settings)
{
    public bool HasVersions => Settings.Versioning != Versioning.Off;
}
