namespace Glue.Foundation.Kafka;

/// <summary>A topic is not there and could not be made.</summary>
public sealed class KafkaTopicException(string topic, KafkaOptions options, string why)
    : Exception(
        $"The topic {topic} is missing and could not be created: {why}. Create it: kafka-topics.sh --create --topic {topic} "
        + $"--partitions {options.Partitions}" + (options.ReplicationFactor > 0 ? $" --replication-factor {options.ReplicationFactor}" : ""));
