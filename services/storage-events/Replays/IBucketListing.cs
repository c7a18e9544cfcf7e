using Glue.Contracts.Storage;

namespace Glue.StorageEvents.Replays;

/// <summary>What buckets hold: the embedded store's, and those of attached stores.</summary>
public interface IBucketListing
{
    /// <summary>How many objects there are, for a progress bar; null: only reading all of them would tell.</summary>
    /// <param name="bucket">As rules name it.</param>
    /// <param name="prefix">Only keys that begin so.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    Task<long?> CountAsync(string bucket, string prefix, CancellationToken cancellationToken);

    /// <summary>
    /// The present objects behind a key, in the order of keys, as the changes that made them: <c>Time</c> is when they were last modified, the
    /// event's name is <c>ObjectCreated:Put</c> or whichever else is known, and sequencer and version are those of the event the store sent, where it knows them.
    /// </summary>
    /// <param name="bucket">As rules name it.</param>
    /// <param name="prefix">Only keys that begin so.</param>
    /// <param name="after">The last key that was read; null: from the beginning.</param>
    /// <param name="maxKeys">From 1.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>Fewer than asked for: that was the last. None where the bucket is gone.</returns>
    Task<IReadOnlyList<ObjectChange>> ReadAsync(string bucket, string prefix, string? after, int maxKeys, CancellationToken cancellationToken);
}
