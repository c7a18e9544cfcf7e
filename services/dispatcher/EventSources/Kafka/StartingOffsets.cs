using Confluent.Kafka;

namespace Glue.Dispatcher.EventSources;

/// <summary>Where a member begins in partitions that were handed to it.</summary>
internal static class StartingOffsets
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>At the group's offset, or where the mapping says when there is none: <c>IsNew</c>, to be committed before anything else, so that a restart begins there too.</summary>
    /// <param name="consumer">The member.</param>
    /// <param name="partitions">Its own.</param>
    /// <param name="mapping">Says where.</param>
    /// <param name="isOldBroker">It has no offsets by time: before 0.10 records have none. Then they begin at the oldest.</param>
    /// <exception cref="KafkaException">The cluster could not be asked.</exception>
    public static List<(TopicPartitionOffset Place, bool IsNew)> Of(
        IConsumer<byte[]?, byte[]?> consumer, List<TopicPartition> partitions, EventSourceMapping mapping, bool isOldBroker) =>
        [
            .. consumer.Committed(partitions, Patience).Select(place => place.Offset.Value >= 0
                ? (place, false)
                : (new TopicPartitionOffset(place.TopicPartition, First(consumer, place.TopicPartition, mapping, isOldBroker)), true)),
        ];

    private static Offset First(IConsumer<byte[]?, byte[]?> consumer, TopicPartition partition, EventSourceMapping mapping, bool isOldBroker)
    {
        var range = consumer.QueryWatermarkOffsets(partition, Patience);
        switch (mapping.StartingPosition)
        {
            case StartingPosition.Latest:
                return range.High;
            case StartingPosition.AtTimestamp when !isOldBroker && mapping.StartingPositionTimestamp is { } time:
                var found = consumer.OffsetsForTimes([new TopicPartitionTimestamp(partition, new Timestamp(time))], Patience)[0].Offset;
                return found.IsSpecial ? range.High : found; // nothing is as late as that
            default:
                return range.Low;
        }
    }
}
