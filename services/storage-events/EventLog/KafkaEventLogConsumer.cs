using Confluent.Kafka;
using Glue.Foundation.Kafka;
using Microsoft.Extensions.Logging;

namespace Glue.StorageEvents.EventLog;

/// <summary>A member of one of the log's consumer groups.</summary>
internal sealed class KafkaEventLogConsumer(
    KafkaClients clients, string group, string topic, Func<CancellationToken, Task> ensureTopic, TimeProvider time, ILogger logger) : IEventLogConsumer
{
    private readonly KafkaGroupReader _reader = new(clients, group, topic, ensureTopic, time, new Observer(logger));

    public async Task<IReadOnlyList<EventLogRecord>> ReadAsync(int maxRecords, CancellationToken cancellationToken) =>
        [.. (await _reader.ReadAsync(maxRecords, cancellationToken)).Select(result => KafkaRecords.Of(result, time))];

    public Task CommitAsync(IReadOnlyList<EventLogRecord> batch, CancellationToken cancellationToken)
    {
        _reader.Commit([.. batch.Select(record => new TopicPartitionOffset(topic, record.Partition, record.Offset))]);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => _reader.DisposeAsync();

    private sealed class Observer(ILogger logger) : IKafkaReaderObserver
    {
        public void Complains(string reason) => Log.KafkaComplains(logger, reason);

        public void NotReady(string topic, Exception exception) => Log.KafkaNotReady(logger, topic, exception);

        public void Assigned(string topic, int partitions) => Log.PartitionsAssigned(logger, topic, partitions);

        public void Revoked(string topic, int partitions) => Log.PartitionsRevoked(logger, topic, partitions);

        public void Paused(string topic, int partitions) => Log.PartitionsPaused(logger, topic, partitions);

        public void Resumed(string topic) => Log.PartitionsResumed(logger, topic);

        public void OffsetNotStored(int partition, long offset, string reason) => Log.OffsetNotStored(logger, partition, offset, reason);
    }
}
