namespace Glue.AttachedStores.Stores;

/// <summary>Where the events of attached stores go: the event log.</summary>
public interface IStoreEvents
{
    /// <summary>What is good in the message is durable when it returns; what is bad is put aside.</summary>
    /// <returns>What is wrong with it; null: nothing.</returns>
    Task<string?> TakeAsync(AttachedStore store, ReadOnlyMemory<byte> message, CancellationToken cancellationToken);
}
