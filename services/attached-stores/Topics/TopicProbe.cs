using Confluent.Kafka;
using Glue.Foundation.Kafka;

namespace Glue.AttachedStores.Topics;

/// <summary>Looks at a topic from outside. All of it blocks, and says clearly what is wrong.</summary>
internal static class TopicProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <exception cref="KafkaException">The brokers do not answer, or have no such topic: the message is for people.</exception>
    public static IReadOnlyList<TopicPartition> PartitionsOf(KafkaClients clients, StoreTopic topic)
    {
        using var admin = clients.Admin();
        List<TopicMetadata> topics;
        try
        {
            topics = admin.GetMetadata(Patience).Topics; // of all: asking for the one would make it on some brokers
        }
        catch (KafkaException e)
        {
            throw new KafkaException(new Error(e.Error.Code, $"No broker of {topic.ServerList} answers: {e.Error.Reason}. Are host and port right, and what they want of clients (Dispatcher:EventSources:Clusters)?"), e);
        }

        return topics.Find(found => found.Topic == topic.Name && !found.Error.IsError) is { } there
            ? [.. there.Partitions.Select(partition => new TopicPartition(topic.Name, partition.PartitionId))]
            : throw new KafkaException(new Error(ErrorCode.UnknownTopicOrPart, $"There is no topic {topic.Name} in {topic.ServerList}: create it, or have the store write to it once."));
    }

    /// <summary>The group begins behind what is in the topic now. Before anything reads: nothing that comes later is skipped, whenever that is.</summary>
    /// <exception cref="KafkaException">As above.</exception>
    public static void BeginAtEnd(KafkaClients clients, StoreTopic topic, string group)
    {
        var partitions = PartitionsOf(clients, topic);
        using var consumer = clients.Consumer(group);
        try
        {
            consumer.Commit(partitions.Select(partition => new TopicPartitionOffset(partition, consumer.QueryWatermarkOffsets(partition, Patience).High)));
        }
        finally
        {
            consumer.Close();
        }
    }

    /// <returns>How many messages the group has not read yet; null: it is not known.</returns>
    /// <exception cref="KafkaException">As above.</exception>
    public static long? WaitingIn(KafkaClients clients, StoreTopic topic, string group)
    {
        var partitions = PartitionsOf(clients, topic);
        using var consumer = clients.Consumer(group);
        try
        {
            var committed = consumer.Committed(partitions, Patience);
            return committed.TrueForAll(static place => place.Offset.Value >= 0)
                ? committed.Sum(place => Math.Max(0, consumer.QueryWatermarkOffsets(place.TopicPartition, Patience).High.Value - place.Offset.Value))
                : null;
        }
        finally
        {
            consumer.Close();
        }
    }
}
