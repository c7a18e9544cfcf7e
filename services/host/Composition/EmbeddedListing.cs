using Glue.Contracts.Storage;
using Glue.ObjectStore.Listing;
using Glue.StorageEvents.Replays;

namespace Glue.Host.Composition;

/// <summary>What the embedded store's buckets hold, for reconciliation and backfill.</summary>
internal sealed class EmbeddedListing(PresentObjects objects) : IBucketListing
{
    public Task<long?> CountAsync(string bucket, string prefix, CancellationToken cancellationToken) => Task.FromResult<long?>(objects.Count(bucket, prefix));

    public Task<IReadOnlyList<ObjectChange>> ReadAsync(string bucket, string prefix, string? after, int maxKeys, CancellationToken cancellationToken) =>
        Task.FromResult(objects.Read(bucket, prefix, after, maxKeys));
}
