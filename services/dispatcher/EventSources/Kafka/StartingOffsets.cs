using Confluent.Kafka;
using Glue.Foundation.Kafka;

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
        IConsumer<byte[]?, byte[]?> consumer, List<TopicPartition> partitions, EventSourceMapping mapping, bool isOldBroker)
    {
        var places = consumer.Committed(partitions, Patience);
        if (places.TrueForAll(IsKnown))
        {
            return places.ConvertAll(static place => (place, false));
        }

        var isGrown = mapping.StartingPosition == StartingPosition.Latest && (places.Exists(IsKnown) || HasBegun(consumer, mapping.Topic));
        return places.ConvertAll(place => IsKnown(place)
            ? (place, false)
            : (new TopicPartitionOffset(place.TopicPartition, First(consumer, place.TopicPartition, mapping, isOldBroker, isGrown)), true));
    }

    private static bool IsKnown(TopicPartitionOffset place) => place.Offset.Value >= 0;

    /// <summary>Does the group have an offset in any partition of the topic? It commits all of them where it begins.</summary>
    private static bool HasBegun(IConsumer<byte[]?, byte[]?> consumer, string topic)
    {
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        return consumer.Committed(KafkaTopics.PartitionsOf(admin, topic).Select(partition => new TopicPartition(topic, partition)), Patience).Exists(IsKnown);
    }

    /// <param name="consumer">The member.</param>
    /// <param name="partition">Without an offset.</param>
    /// <param name="mapping">Says where.</param>
    /// <param name="isOldBroker">It has no offsets by time.</param>
    /// <param name="isGrown">The topic got the partition after the mapping had begun: all in it is newer than the newest of then, though glue was down or had not noticed.</param>
    private static Offset First(IConsumer<byte[]?, byte[]?> consumer, TopicPartition partition, EventSourceMapping mapping, bool isOldBroker, bool isGrown)
    {
        var range = consumer.QueryWatermarkOffsets(partition, Patience);
        switch (mapping.StartingPosition)
        {
            case StartingPosition.Latest when !isGrown:
                return range.High;
            case StartingPosition.AtTimestamp when !isOldBroker && mapping.StartingPositionTimestamp is { } time:
                var found = consumer.OffsetsForTimes([new TopicPartitionTimestamp(partition, new Timestamp(time))], Patience)[0].Offset;
                return found.IsSpecial ? range.High : found; // nothing is as late as that
            default:
                return range.Low;
        }
    }
}
