using Glue.AttachedStores.Stores;
using Glue.Contracts.Storage;
using Glue.ObjectStore.Buckets;
using Glue.StorageEvents.AttachedStores;
using Glue.StorageEvents.Replays;

namespace Glue.Host.Composition;

/// <summary>What attached stores tell goes into the event log.</summary>
internal sealed class AttachedStoreEvents(StoreMessages messages) : IStoreEvents
{
    public async Task<TakenEvents> TakeAsync(
        AttachedStore store, IReadOnlyList<ReadOnlyMemory<byte>> batch, Func<string, bool>? isOwn, CancellationToken cancellationToken)
    {
        var (foreign, faults) = await messages.TakeAsync(store.Name, store.AccountId, batch, isOwn, cancellationToken);
        return new TakenEvents(foreign, faults);
    }

    public Task AppendAsync(IReadOnlyList<ObjectChange> changes, CancellationToken cancellationToken) => messages.AppendAsync(changes, cancellationToken);
}

/// <summary>Attached buckets are reconciled as all others are.</summary>
internal sealed class AttachedReconciliation(Reconciliations reconciliations) : IReconciliation
{
    public TimeSpan Settle => reconciliations.Settle;

    public async Task<bool> OrderAsync(string accountId, BucketAddress bucket, CancellationToken cancellationToken) =>
        await reconciliations.OrderAsync(bucket.ToString(), accountId, cancellationToken) is not null;
}

/// <summary>The embedded store's buckets, as attached stores need to know them.</summary>
internal sealed class EmbeddedBuckets(BucketNames names) : IEmbeddedBuckets
{
    public bool Exists(string bucket) => names.Exists(bucket);
}
