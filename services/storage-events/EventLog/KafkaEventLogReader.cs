using Confluent.Kafka;
using Glue.Foundation.Kafka;

namespace Glue.StorageEvents.EventLog;

/// <summary>Reads partitions by hand, without a place of its own in any group.</summary>
internal sealed class KafkaEventLogReader(KafkaClients clients, string topic, Func<CancellationToken, Task> ensureTopic, TimeProvider time) : IEventLogReader
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly IConsumer<byte[]?, byte[]?> _consumer = clients.Consumer("glue.replay", tellsEnd: true);
    private (int Partition, long Next) _place = (-1, 0);

    public async Task<FoundStretches> FindAsync(LogPlace from, LogPlace? to, CancellationToken cancellationToken)
    {
        await ensureTopic(cancellationToken);
        return await Task.Run(() => Find(from, to), cancellationToken); // these calls block
    }

    public Task<IReadOnlyList<EventLogRecord>> ReadAsync(LogStretch stretch, int maxRecords, CancellationToken cancellationToken) =>
        Task.Run<IReadOnlyList<EventLogRecord>>(() => Read(stretch, maxRecords, cancellationToken), cancellationToken);

    public async ValueTask DisposeAsync() => await Task.Run(() =>
    {
        _consumer.Close();
        _consumer.Dispose();
    });

    private FoundStretches Find(LogPlace from, LogPlace? to)
    {
        using var admin = clients.Admin();
        var stretches = new List<LogStretch>();
        foreach (var partition in KafkaTopics.PartitionsOf(admin, topic).Select(number => new TopicPartition(topic, number)))
        {
            var range = _consumer.QueryWatermarkOffsets(partition, Patience);
            var next = Math.Max(range.Low, OffsetOf(partition, from, ifUnknown: range.Low, high: range.High));
            var end = to is { } place ? Math.Min(range.High, OffsetOf(partition, place, ifUnknown: range.High, high: range.High)) : range.High.Value;
            if (next < end)
            {
                stretches.Add(new LogStretch(partition.Partition, next, end));
            }
        }

        return new FoundStretches(stretches, HasTimes: !clients.IsOldBroker);
    }

    private long OffsetOf(TopicPartition partition, LogPlace place, long ifUnknown, long high)
    {
        if (place.Time is not { } moment)
        {
            return place.Offset!.Value;
        }

        if (clients.IsOldBroker)
        {
            return ifUnknown;
        }

        var found = _consumer.OffsetsForTimes([new TopicPartitionTimestamp(partition, new Timestamp(moment))], Patience)[0].Offset;
        return found.IsSpecial ? high : found.Value; // nothing is as late as that
    }

    private List<EventLogRecord> Read(LogStretch stretch, int maxRecords, CancellationToken cancellationToken)
    {
        var records = new List<EventLogRecord>();
        if (_place != (stretch.Partition, stretch.Next))
        {
            _consumer.Assign(new TopicPartitionOffset(topic, stretch.Partition, stretch.Next));
        }

        _place = (-1, 0); // until this has gone well
        var next = stretch.Next;
        while (next < stretch.End && records.Count < maxRecords)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = _consumer.Consume(records.Count == 0 ? Poll : TimeSpan.Zero);
            if (result is null && records.Count > 0)
            {
                break; // what there is goes on its way
            }

            if (result is null)
            {
                continue;
            }

            if (result.IsPartitionEOF || result.Offset >= stretch.End)
            {
                return records; // offsets may have gaps, at the end too
            }

            records.Add(KafkaRecords.Of(result, time));
            next = result.Offset + 1;
        }

        _place = (stretch.Partition, next);
        return records;
    }
}
