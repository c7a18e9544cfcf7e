using Glue.AttachedStores.Buckets;
using Glue.Contracts.Storage;
using Glue.ObjectStore.Listing;
using Glue.StorageEvents.Replays;

namespace Glue.Host.Composition;

/// <summary>What buckets hold, the embedded store's and those of attached stores, for reconciliation and backfill.</summary>
internal sealed class BucketListings(PresentObjects embedded, StoreListing attached) : IBucketListing
{
    public Task<long?> CountAsync(string bucket, string prefix, CancellationToken cancellationToken) =>
        Task.FromResult(BucketAddress.Parse(bucket).Store is null ? embedded.Count(bucket, prefix) : (long?)null);

    public Task<IReadOnlyList<ObjectChange>> ReadAsync(string bucket, string prefix, string? after, int maxKeys, CancellationToken cancellationToken) =>
        BucketAddress.Parse(bucket) is { Store: not null } address
            ? attached.ReadAsync(address, prefix, after, maxKeys, cancellationToken)
            : Task.FromResult(embedded.Read(bucket, prefix, after, maxKeys));
}
