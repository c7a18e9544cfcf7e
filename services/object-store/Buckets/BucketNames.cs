namespace Glue.ObjectStore.Buckets;

/// <summary>Which buckets there are, for whoever must tell them from other stores' buckets.</summary>
public sealed class BucketNames
{
    private readonly BucketCatalog _buckets;

    internal BucketNames(BucketCatalog buckets) => _buckets = buckets;

    public bool Exists(string bucket) => _buckets.Find(bucket) is not null;
}
