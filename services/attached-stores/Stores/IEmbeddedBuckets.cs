namespace Glue.AttachedStores.Stores;

/// <summary>The embedded store's buckets: their names come before those of attached stores.</summary>
public interface IEmbeddedBuckets
{
    bool Exists(string bucket);
}
