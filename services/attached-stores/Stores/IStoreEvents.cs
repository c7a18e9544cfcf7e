using Glue.Contracts.Storage;

namespace Glue.AttachedStores.Stores;

/// <summary>Where the events of attached stores go: the event log.</summary>
public interface IStoreEvents
{
    /// <summary>What is good in the messages is durable when it returns; what is bad is put aside.</summary>
    /// <param name="store">Whose.</param>
    /// <param name="messages">In the order of their events.</param>
    /// <param name="isOwn">Told a bucket's name: is it the store's? Events of other buckets are counted and dropped. Null: all are.</param>
    /// <param name="cancellationToken">Ends the waiting; what was written stays.</param>
    Task<TakenEvents> TakeAsync(AttachedStore store, IReadOnlyList<ReadOnlyMemory<byte>> messages, Func<string, bool>? isOwn, CancellationToken cancellationToken);

    /// <summary>Changes that Glue found itself, in this order for each key; durable when it returns. The same ones again are recognised.</summary>
    Task AppendAsync(IReadOnlyList<ObjectChange> changes, CancellationToken cancellationToken);
}
