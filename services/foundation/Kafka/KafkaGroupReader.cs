using Confluent.Kafka;
using Glue.Foundation.Hosting;

namespace Glue.Foundation.Kafka;

/// <summary>
/// One member of a consumer group. A thread of its own polls, so that the membership outlives any wait of the reader: while the reader is held
/// up (where it writes to takes nothing) the partitions are paused, not lost. A partition that goes to another member is handed over
/// once what was read of it is committed, or after a while without. Used by one loop, not concurrently.
/// </summary>
public sealed class KafkaGroupReader : IAsyncDisposable
{
    // Enough for the reader's next batches; what librdkafka has fetched waits behind.
    private const int BufferedRecords = 2000;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan HeldUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HandOver = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Closing = TimeSpan.FromSeconds(10);

    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly string _topic;
    private readonly Func<CancellationToken, Task> _ensureTopic;
    private readonly TimeProvider _time;
    private readonly IKafkaReaderObserver _observer;
    private readonly CancellationTokenSource _stop = new();
    private readonly Signal _arrived = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guards what follows; pulsed when the reader took or committed something.
    private readonly object _gate = new();
    private readonly Dictionary<int, PartitionPlace> _places = [];
    private Queue<ConsumeResult<byte[]?, byte[]?>> _buffer = new();
    private Exception? _fault;

    /// <param name="clients">The cluster.</param>
    /// <param name="group">The consumer group that it joins.</param>
    /// <param name="topic">What it reads.</param>
    /// <param name="ensureTopic">Returns when the topic can be read; tried again while it throws <see cref="KafkaException"/> or <see cref="KafkaTopicException"/>.</param>
    /// <param name="time">Paces it.</param>
    /// <param name="observer">Hears how it is doing, on its thread.</param>
    public KafkaGroupReader(
        KafkaClients clients, string group, string topic, Func<CancellationToken, Task> ensureTopic, TimeProvider time, IKafkaReaderObserver observer)
    {
        ArgumentNullException.ThrowIfNull(clients);
        (_topic, _ensureTopic, _time, _observer) = (topic, ensureTopic, time, observer);
        _consumer = clients.Consumer(group, builder => builder
            .SetPartitionsAssignedHandler((_, partitions) => Assigned(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => Revoked(partitions.ConvertAll(static place => place.TopicPartition), isLost: false))
            .SetPartitionsLostHandler((_, partitions) => Revoked(partitions.ConvertAll(static place => place.TopicPartition), isLost: true)));
        new Thread(Run) { IsBackground = true, Name = "kafka " + group }.Start();
    }

    /// <summary>The next messages, at least one and at most <paramref name="maxRecords"/>; waits while there is none. Each call goes on behind the last.</summary>
    /// <exception cref="KafkaReaderException">It cannot go on.</exception>
    public async Task<IReadOnlyList<ConsumeResult<byte[]?, byte[]?>>> ReadAsync(int maxRecords, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var next = _arrived.Next;
            if (Take(maxRecords) is { Count: > 0 } batch)
            {
                return batch;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Declares messages, and all read before them, done: whoever has their partitions goes on behind them. The broker hears of it within a second.</summary>
    public void Commit(IReadOnlyList<TopicPartitionOffset> done)
    {
        ArgumentNullException.ThrowIfNull(done);
        lock (_gate)
        {
            for (var i = 0; i < done.Count; i++)
            {
                Commit(done[i].Partition, done[i].Offset + 1, isLastOfPartition: i + 1 == done.Count || done[i + 1].Partition != done[i].Partition);
            }

            Monitor.PulseAll(_gate);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }

        try
        {
            await _closed.Task.WaitAsync(Closing, _time);
            _stop.Dispose();
        }
        catch (TimeoutException)
        {
            // The broker does not answer the farewell. The thread ends with it, or with the process; the group notices by itself.
        }
    }

    private List<ConsumeResult<byte[]?, byte[]?>> Take(int maxRecords)
    {
        var batch = new List<ConsumeResult<byte[]?, byte[]?>>();
        lock (_gate)
        {
            if (_fault is { } fault)
            {
                throw new KafkaReaderException(_topic, fault);
            }

            while (batch.Count < maxRecords && _buffer.TryDequeue(out var record))
            {
                batch.Add(record);
                _places[record.Partition].HandedOut = record.Offset + 1;
            }

            Monitor.PulseAll(_gate);
        }

        return batch;
    }

    private void Commit(int partition, long next, bool isLastOfPartition)
    {
        if (!isLastOfPartition || !_places.TryGetValue(partition, out var place) || next <= place.Stored)
        {
            return; // a later one follows; or another member has the partition now; or a later batch was committed before
        }

        place.Stored = next;
        try
        {
            _consumer.StoreOffset(new TopicPartitionOffset(_topic, partition, next));
        }
        catch (KafkaException e)
        {
            // The partition is being taken away, without the handler having run: its next owner repeats these records.
            _observer.OffsetNotStored(partition, next, e.Error.Reason);
        }
    }

    private void Run()
    {
        try
        {
            Subscribe();
            while (!_stop.IsCancellationRequested)
            {
                if (WaitForRoom())
                {
                    Consume();
                }
                else
                {
                    ConsumePaused();
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The expected way out.
        }
        catch (Exception e)
        {
            lock (_gate)
            {
                _fault = e;
            }

            _arrived.Set();
        }
        finally
        {
            Close();
        }
    }

    private void Subscribe()
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                _ensureTopic(_stop.Token).GetAwaiter().GetResult(); // this thread exists to wait for Kafka
                _consumer.Subscribe(_topic);
                return;
            }
            catch (Exception e) when (e is KafkaException or KafkaTopicException)
            {
                if (failures == 0)
                {
                    _observer.NotReady(_topic, e);
                }

                _stop.Token.WaitHandle.WaitOne(HeldUp);
                _stop.Token.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>False: the reader has been held up for a while.</summary>
    private bool WaitForRoom()
    {
        lock (_gate)
        {
            var since = _time.GetTimestamp();
            while (_buffer.Count >= BufferedRecords && !_stop.IsCancellationRequested)
            {
                var left = HeldUp - _time.GetElapsedTime(since);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_gate, left))
                {
                    return _buffer.Count < BufferedRecords;
                }
            }

            return true;
        }
    }

    private void Consume()
    {
        if (Next(Poll) is not { } first)
        {
            return;
        }

        // What is there already comes along: one lock and one wake-up for all of it.
        var arrived = new List<ConsumeResult<byte[]?, byte[]?>> { first };
        while (arrived.Count < BufferedRecords && Next(TimeSpan.Zero) is { } more)
        {
            arrived.Add(more);
        }

        lock (_gate)
        {
            foreach (var result in arrived)
            {
                if (_places.ContainsKey(result.Partition)) // else it went to another member while this list was made
                {
                    _buffer.Enqueue(result);
                }
            }
        }

        _arrived.Set();
    }

    /// <summary>Keeps polling, so that the group sees a living member, until the reader goes on.</summary>
    private void ConsumePaused()
    {
        var assigned = _consumer.Assignment;
        _consumer.Pause(assigned);
        _observer.Paused(_topic, assigned.Count);
        while (!_stop.IsCancellationRequested && !HasRoom())
        {
            // A rebalance may hand in partitions that are not paused yet.
            if (Next(Poll) is { } result)
            {
                _consumer.Pause([result.TopicPartition]);
                _consumer.Seek(result.TopicPartitionOffset);
            }
        }

        _consumer.Resume(_consumer.Assignment);
        _observer.Resumed(_topic);
    }

    private bool HasRoom()
    {
        lock (_gate)
        {
            return _buffer.Count < BufferedRecords;
        }
    }

    private ConsumeResult<byte[]?, byte[]?>? Next(TimeSpan wait)
    {
        try
        {
            return _consumer.Consume(wait);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            _observer.Complains(e.Error.Reason); // librdkafka goes on trying
            return null;
        }
    }

    private void Assigned(List<TopicPartition> partitions)
    {
        lock (_gate)
        {
            foreach (var partition in partitions)
            {
                _places[partition.Partition] = new PartitionPlace();
            }
        }

        _observer.Assigned(_topic, partitions.Count);
    }

    private void Revoked(List<TopicPartition> partitions, bool isLost)
    {
        var gone = partitions.Select(static partition => partition.Partition.Value).ToHashSet();
        lock (_gate)
        {
            _buffer = new Queue<ConsumeResult<byte[]?, byte[]?>>(_buffer.Where(record => !gone.Contains(record.Partition)));
            var since = _time.GetTimestamp();
            while (!isLost && !_stop.IsCancellationRequested && gone.Any(IsInHand))
            {
                var left = HandOver - _time.GetElapsedTime(since);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_gate, left))
                {
                    break; // the reader is held up: the next owner repeats these records
                }
            }

            if (!isLost)
            {
                CommitNow(gone);
            }

            foreach (var partition in gone)
            {
                _places.Remove(partition);
            }
        }

        _observer.Revoked(_topic, partitions.Count);
    }

    /// <summary>Before the next owner asks: what librdkafka commits by itself at this moment may reach the broker after that.</summary>
    private void CommitNow(HashSet<int> partitions)
    {
        try
        {
            _consumer.Commit(_places.Where(place => partitions.Contains(place.Key) && place.Value.Stored > 0)
                .Select(place => new TopicPartitionOffset(_topic, place.Key, place.Value.Stored)));
        }
        catch (KafkaException e)
        {
            _observer.Complains(e.Error.Reason); // the next owner repeats, and the repeats are recognised
        }
    }

    private bool IsInHand(int partition) => _places.TryGetValue(partition, out var place) && place.HandedOut > place.Stored;

    private void Close()
    {
        try
        {
            _consumer.Close(); // commits what was stored, and leaves the group
        }
        catch (KafkaException e)
        {
            _observer.Complains(e.Error.Reason); // what was not committed is repeated
        }
        finally
        {
            _consumer.Dispose();
            _closed.SetResult();
        }
    }

    /// <summary>How far a partition is: offsets of the next record.</summary>
    private sealed class PartitionPlace
    {
        public long HandedOut { get; set; }

        public long Stored { get; set; }
    }
}
