namespace Glue.StorageEvents.EventLog;

/// <summary>The consumer cannot go on by itself: a fatal error of Kafka's client.</summary>
internal sealed class KafkaConsumerException(string topic, Exception inner) : Exception($"The topic {topic} cannot be read any more: {inner.Message}", inner);
