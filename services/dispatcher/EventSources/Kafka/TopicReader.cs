using Confluent.Kafka;
using Glue.Foundation.Kafka;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.EventSources;

/// <summary>
/// A mapping's member of its consumer group. A thread of its own polls, so that the membership outlives however long the function takes; each
/// partition has a feed of its own, and one whose feed holds a batch is paused. Offsets are stored when a batch is settled and reach the broker
/// once a second, at a rebalance and at the end.
/// </summary>
internal sealed class TopicReader : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Closing = TimeSpan.FromSeconds(10);

    private readonly EventSourceMapping _mapping;
    private readonly IPartitionOwner _owner;
    private readonly MappingStatus _status;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly KafkaClients _clients;
    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // All of the polling thread.
    private readonly Dictionary<int, PartitionFeed> _feeds = [];
    private readonly HashSet<int> _paused = [];
    private List<TopicPartitionOffset> _begun = [];

    public TopicReader(KafkaClients clients, EventSourceMapping mapping, IPartitionOwner owner, MappingStatus status, TimeProvider time, ILogger logger)
    {
        (_clients, _mapping, _owner, _status, _time, _logger) = (clients, mapping, owner, status, time, logger);
        _consumer = clients.Consumer(mapping.Group, builder => builder
            .SetPartitionsAssignedHandler((_, partitions) => Assigned(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => Revoked(partitions, isLost: false))
            .SetPartitionsLostHandler((_, partitions) => Revoked(partitions, isLost: true)));
        new Thread(Run) { IsBackground = true, Name = "kafka " + mapping.Uuid }.Start();
    }

    /// <summary>Ends with the thread; faulted when it broke.</summary>
    public Task Ended => _ended.Task;

    /// <summary>A batch is settled; the record at <paramref name="next"/> is the next.</summary>
    public void Commit(int partition, long next)
    {
        try
        {
            _consumer.StoreOffset(new TopicPartitionOffset(_mapping.Topic, partition, next));
        }
        catch (Exception e) when (e is KafkaException or ObjectDisposedException)
        {
            // The partition was taken away meanwhile: whoever has it now repeats the batch.
            Log.KafkaComplains(_logger, _mapping.Uuid, e.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _ended.Task.WaitAsync(Closing, _time);
            _stop.Dispose();
        }
        catch (TimeoutException)
        {
            // The broker does not answer the farewell. The thread ends with it, or with the process; the group notices by itself.
        }
    }

    private void Run()
    {
        Exception? failure = null;
        try
        {
            _consumer.Subscribe(_mapping.Topic);
            while (!_stop.IsCancellationRequested)
            {
                if (Next() is { } result && _feeds.TryGetValue(result.Partition, out var feed))
                {
                    feed.Add(Record(result));
                    PauseFull(result.Partition, feed);
                }

                CommitBegun();
                ResumeEmptied();
            }
        }
        catch (Exception e)
        {
            failure = e;
        }

        Close();
        if (failure is null)
        {
            _ended.SetResult();
        }
        else
        {
            _ended.SetException(failure);
        }
    }

    private ConsumeResult<byte[]?, byte[]?>? Next()
    {
        try
        {
            return _consumer.Consume(Poll);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            // librdkafka goes on trying: the topic may come, the right to it be given.
            _status.Unreadable($"Topic {_mapping.Topic}: {e.Error.Reason}");
            Log.KafkaComplains(_logger, _mapping.Uuid, e.Error.Reason);
            return null;
        }
    }

    private void PauseFull(int partition, PartitionFeed feed)
    {
        if (feed.IsFull && _paused.Add(partition))
        {
            _consumer.Pause([new TopicPartition(_mapping.Topic, partition)]);
        }
    }

    private void ResumeEmptied()
    {
        if (_paused.Count > 0)
        {
            var resumed = _paused.Where(partition => !_feeds[partition].IsFull).ToList();
            _consumer.Resume(resumed.Select(partition => new TopicPartition(_mapping.Topic, partition)));
            _paused.ExceptWith(resumed);
        }
    }

    /// <summary>Where partitions without an offset begin becomes their offset: a mapping that begins at the newest would else skip what comes while it is down.</summary>
    private void CommitBegun()
    {
        if (_begun.Count == 0)
        {
            return;
        }

        try
        {
            _consumer.Commit(_begun);
            _begun = [];
            _status.Reading();
        }
        catch (KafkaException e)
        {
            Log.KafkaComplains(_logger, _mapping.Uuid, e.Error.Reason); // at the next round again
        }
    }

    private IEnumerable<TopicPartitionOffset> Assigned(List<TopicPartition> partitions)
    {
        var places = Places(partitions);
        _begun = [.. places.Where(static place => place.IsNew).Select(static place => place.Place)];
        foreach (var partition in partitions)
        {
            var feed = new PartitionFeed(_time);
            _feeds[partition.Partition] = feed;
            _owner.Begin(partition.Partition, feed, this);
        }

        Log.Assigned(_logger, _mapping.Uuid, _mapping.Topic, partitions.Count);
        if (_begun.Count == 0)
        {
            _status.Reading();
        }

        return places.Select(static place => place.Place);
    }

    private List<(TopicPartitionOffset Place, bool IsNew)> Places(List<TopicPartition> partitions)
    {
        while (true)
        {
            try
            {
                return StartingOffsets.Of(_consumer, partitions, _mapping, _clients.IsOldBroker);
            }
            catch (KafkaException e) when (!_stop.IsCancellationRequested)
            {
                _status.Unreadable($"Topic {_mapping.Topic}: {e.Error.Reason}");
                _stop.Token.WaitHandle.WaitOne(TryAgain);
            }
            catch (KafkaException)
            {
                return [.. partitions.Select(static partition => (new TopicPartitionOffset(partition, Offset.End), false))]; // it ends: nothing is read any more
            }
        }
    }

    private void Revoked(List<TopicPartitionOffset> partitions, bool isLost)
    {
        var gone = partitions.ConvertAll(static place => place.Partition.Value);
        _owner.EndAsync(gone, isLost).GetAwaiter().GetResult(); // this thread exists to wait for Kafka and for this
        foreach (var partition in gone)
        {
            _feeds.Remove(partition);
            _paused.Remove(partition);
        }

        _begun.RemoveAll(place => gone.Contains(place.Partition.Value));
        if (!isLost)
        {
            CommitStored();
        }
    }

    /// <summary>Before the next owner asks.</summary>
    private void CommitStored()
    {
        try
        {
            _consumer.Commit();
        }
        catch (KafkaException e) when (e.Error.Code == ErrorCode.Local_NoOffset)
        {
            // Nothing was settled since the last time.
        }
        catch (KafkaException e)
        {
            Log.KafkaComplains(_logger, _mapping.Uuid, e.Error.Reason); // the next owner repeats
        }
    }

    private void Close()
    {
        try
        {
            _consumer.Close(); // hands its partitions back, commits what was stored, and leaves the group
        }
        catch (KafkaException e)
        {
            Log.KafkaComplains(_logger, _mapping.Uuid, e.Error.Reason); // what was not committed is repeated
        }
        finally
        {
            _consumer.Dispose();
        }
    }

    private static SourceRecord Record(ConsumeResult<byte[]?, byte[]?> result)
    {
        var (message, timestamp) = (result.Message, result.Message.Timestamp);
        return new SourceRecord(
            result.Topic,
            result.Partition,
            result.Offset,
            timestamp.Type == TimestampType.NotAvailable ? -1 : timestamp.UnixTimestampMs,
            timestamp.Type switch
            {
                TimestampType.CreateTime => "CREATE_TIME",
                TimestampType.LogAppendTime => "LOG_APPEND_TIME",
                _ => "NO_TIMESTAMP_TYPE",
            },
            message.Key,
            message.Value,
            message.Headers is null ? [] : [.. message.Headers.Select(static header => (header.Key, (byte[]?)header.GetValueBytes()))]);
    }
}
