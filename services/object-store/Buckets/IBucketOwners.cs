namespace Glue.ObjectStore.Buckets;

/// <summary>Whose buckets there are; a lookup in memory.</summary>
public interface IBucketOwners
{
    /// <summary>Names of an account's buckets, in their order.</summary>
    IReadOnlyList<string> NamesOf(string accountId);
}
