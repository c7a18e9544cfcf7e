using Glue.Contracts.Storage;

namespace Glue.AttachedStores.Stores;

/// <summary>Where the events of attached stores go: the event log.</summary>
public interface IStoreEvents
{
    /// <summary>What is good in the message is durable when it returns; what is bad is put aside.</summary>
    /// <returns>What is wrong with it; null: nothing.</returns>
    Task<string?> TakeAsync(AttachedStore store, ReadOnlyMemory<byte> message, CancellationToken cancellationToken);

    /// <summary>Changes that Glue found itself, in this order for each key; durable when it returns. The same ones again are recognised.</summary>
    Task AppendAsync(IReadOnlyList<ObjectChange> changes, CancellationToken cancellationToken);
}
