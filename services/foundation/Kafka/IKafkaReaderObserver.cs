namespace Glue.Foundation.Kafka;

/// <summary>Hears how a <see cref="KafkaGroupReader"/> is doing, on the reader's thread. Must not wait or throw.</summary>
public interface IKafkaReaderObserver
{
    /// <summary>Something went wrong that the client goes on trying.</summary>
    void Complains(string reason);

    /// <summary>The topic cannot be read yet: said once, and tried again.</summary>
    void NotReady(string topic, Exception exception);

    void Assigned(string topic, int partitions);

    void Revoked(string topic, int partitions);

    /// <summary>Nobody takes what was read.</summary>
    void Paused(string topic, int partitions);

    void Resumed(string topic);

    /// <summary>The partition's next owner repeats what is behind.</summary>
    void OffsetNotStored(int partition, long offset, string reason);
}
