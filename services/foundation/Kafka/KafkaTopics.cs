using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Glue.Foundation.Kafka;

/// <summary>Makes topics that are missing.</summary>
public sealed class KafkaTopics(KafkaClients clients, KafkaOptions options)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Returns once the topic is there, with the stated partitions and replicas where it had to be made. A broker without that call (before
    /// 0.10.2) makes topics by itself, when it is asked about one and may, with its own <c>num.partitions</c>.
    /// </summary>
    /// <exception cref="KafkaTopicException">It is not there, and the broker did not make it.</exception>
    /// <exception cref="KafkaException">The broker could not be asked.</exception>
    public async Task EnsureAsync(string topic, CancellationToken cancellationToken)
    {
        using var admin = clients.Admin();

        // All topics: asking for the one would make it on some brokers, and not as stated.
        if ((await Task.Run(() => admin.GetMetadata(Patience), cancellationToken)).Topics.Exists(found => found.Topic == topic && !found.Error.IsError))
        {
            return;
        }

        var why = "this broker creates topics only by itself, and did not";
        try
        {
            if (!clients.IsOldBroker)
            {
                await admin.CreateTopicsAsync(
                    [new TopicSpecification { Name = topic, NumPartitions = options.Partitions, ReplicationFactor = (short)options.ReplicationFactor }],
                    new CreateTopicsOptions { RequestTimeout = Patience, OperationTimeout = Patience });
                return;
            }
        }
        catch (CreateTopicsException e) when (e.Results is [{ Error.Code: ErrorCode.TopicAlreadyExists }])
        {
            return;
        }
        catch (CreateTopicsException e) when (e.Results is [{ Error.Reason: var reason }])
        {
            why = reason; // no right to it, or too few brokers for the replicas: the topic may be there all the same
        }
        catch (KafkaException e) when (e.Error.Code == ErrorCode.Local_UnsupportedFeature)
        {
            // An old broker whose client was not told so.
        }

        var limit = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var found = await Task.Run(() => admin.GetMetadata(topic, Patience), cancellationToken);
            if (found.Topics is [{ Error.IsError: false, Partitions.Count: > 0 }])
            {
                return;
            }

            if (TimeProvider.System.GetElapsedTime(limit) > Patience)
            {
                throw new KafkaTopicException(topic, options, why);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken); // a topic that was just made has no leader for a moment
        }
    }

    /// <summary>The numbers of a topic's partitions.</summary>
    /// <exception cref="KafkaException">The broker could not be asked.</exception>
    public static IReadOnlyList<int> PartitionsOf(IAdminClient admin, string topic) =>
        [.. admin.GetMetadata(topic, Patience).Topics.SelectMany(static found => found.Partitions).Select(static partition => partition.PartitionId).Order()];
}
