namespace Glue.Dispatcher.EventSources;

/// <summary>Who does something with the records that a <see cref="TopicReader"/> reads.</summary>
internal interface IPartitionOwner
{
    /// <summary>A partition was handed to the reader; its records come through <paramref name="feed"/>. Returns at once.</summary>
    void Begin(int partition, PartitionFeed feed, TopicReader reader);

    /// <summary>Partitions are taken away. Returns once nothing of them runs any more.</summary>
    /// <param name="partitions">Which.</param>
    /// <param name="isLost">Somebody else may have them already: what runs is left at once.</param>
    Task EndAsync(IReadOnlyCollection<int> partitions, bool isLost);
}
