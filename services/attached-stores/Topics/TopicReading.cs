using Confluent.Kafka;
using Glue.AttachedStores.Sources;
using Glue.AttachedStores.Stores;
using Glue.Foundation.Kafka;
using Microsoft.Extensions.Logging;

namespace Glue.AttachedStores.Topics;

/// <summary>Carries a store's events from its topic to the event log. First they are durable there, or put aside, then the offset is committed: a crash repeats, and skips nothing.</summary>
internal sealed class TopicReading(AttachedStore store, StoreTopic topic, IStoreRules rules, IStoreEvents events, SourceStatus status, ILogger logger) : IKafkaReaderObserver
{
    private const int BatchRecords = 500;

    private long _foreign;

    /// <summary>Whatever it throws: the reader leaves the group, and a later one begins behind what was committed.</summary>
    public async Task RunAsync(KafkaGroupReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var batch = await reader.ReadAsync(BatchRecords, cancellationToken);
            await TakeAsync(batch);
            reader.Commit([.. batch.Select(static result => result.TopicPartitionOffset)]);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public void Complains(string reason)
    {
        status.Failing($"topic {topic.Name} of {topic.ServerList}: {reason}");
        Log.TopicComplains(logger, store.Name, topic.Name, reason);
    }

    public void NotReady(string name, Exception exception)
    {
        var reason = exception is KafkaException kafka ? kafka.Error.Reason : exception.Message;
        status.Failing($"topic {topic.Name} of {topic.ServerList}: {reason}");
        Log.TopicComplains(logger, store.Name, name, reason);
    }

    public void Assigned(string name, int partitions) => Reading();

    public void Revoked(string name, int partitions)
    {
        // They come back, or another Glue with the same data folder has them; this one says when it reads again.
    }

    public void Paused(string name, int partitions) => status.Failing($"topic {topic.Name}: the event log takes nothing");

    public void Resumed(string name) => Reading();

    public void OffsetNotStored(int partition, long offset, string reason) => Log.TopicComplains(logger, store.Name, topic.Name, reason); // it is repeated

    private async Task TakeAsync(IReadOnlyList<ConsumeResult<byte[]?, byte[]?>> batch)
    {
        // As of now: a rule is there before the object that it is meant for.
        var own = rules.Of(store.Name);
        ReadOnlyMemory<byte>[] messages = [.. batch.Select(static result => (ReadOnlyMemory<byte>)(result.Message.Value ?? []))];
        var taken = await events.TakeAsync(store, messages, own.ContainsKey, CancellationToken.None);
        foreach (var fault in taken.Faults)
        {
            Log.MessageRejected(logger, store.Name, fault);
        }

        _foreign += taken.Foreign;
        Reading();
    }

    private void Reading() => status.Working(
        $"reading topic {topic.Name}" + (_foreign > 0 ? $"; left out {_foreign} events of buckets without rules here" : ""));
}
