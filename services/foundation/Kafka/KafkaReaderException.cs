namespace Glue.Foundation.Kafka;

/// <summary>A reader cannot go on by itself: a fatal error of Kafka's client.</summary>
public sealed class KafkaReaderException(string topic, Exception inner) : Exception($"The topic {topic} cannot be read any more: {inner.Message}", inner);
