using Glue.AttachedStores.Stores;
using Glue.Contracts.Storage;
using Glue.ObjectStore.Buckets;
using Glue.StorageEvents.AttachedStores;

namespace Glue.Host.Composition;

/// <summary>What attached stores tell goes into the event log.</summary>
internal sealed class AttachedStoreEvents(StoreMessages messages) : IStoreEvents
{
    public Task<string?> TakeAsync(AttachedStore store, ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        messages.TakeAsync(store.Name, store.AccountId, message, cancellationToken);

    public Task AppendAsync(IReadOnlyList<ObjectChange> changes, CancellationToken cancellationToken) => messages.AppendAsync(changes, cancellationToken);
}

/// <summary>The embedded store's buckets, as attached stores need to know them.</summary>
internal sealed class EmbeddedBuckets(BucketNames names) : IEmbeddedBuckets
{
    public bool Exists(string bucket) => names.Exists(bucket);
}
