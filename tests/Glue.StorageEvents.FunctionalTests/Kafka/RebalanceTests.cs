using System.Globalization;
using System.Text;
using Glue.Foundation.Kafka;
using Glue.StorageEvents.EventLog;
using Xunit.Abstractions;

namespace Glue.StorageEvents.FunctionalTests.Kafka;

/// <summary>Several consumers of one group on a topic with four partitions.</summary>
[Collection(nameof(BrokerCollection))]
public sealed class RebalanceTests(BrokerFixture fixture, ITestOutputHelper output) : IAsyncLifetime
{
    private const int Keys = 40;
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _limit = new(Budget);
    private readonly KafkaEventLogOptions _options = fixture.NewTopics() with
    {
        Consumer = new() { ["session.timeout.ms"] = "3000", ["heartbeat.interval.ms"] = "300" },
    };

    public Task InitializeAsync() => fixture.Broker.CreateTopicAsync(_options.Topic, partitions: 4);

    public Task DisposeAsync()
    {
        _limit.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_consumer_that_joins_and_one_that_leaves_are_handed_what_the_other_had_and_nothing_comes_twice()
    {
        using var log = BrokerFixture.Open(_options, new TestLog<KafkaEventLog>(output));
        var seen = new Seen();
        await AppendAsync(log, 0, 200);
        await using var first = new Reader(log, seen);
        await seen.CountAsync(200, _limit.Token);
        var second = new Reader(log, seen);
        await AppendAsync(log, 200, 400);
        await seen.CountAsync(400, _limit.Token);
        while (!second.HasRead) // the group needs its time to let the second in
        {
            var count = seen.Count;
            await AppendAsync(log, count, count + 40);
            await seen.CountAsync(count + 40, _limit.Token);
        }

        await second.DisposeAsync();
        var last = seen.Count;
        await AppendAsync(log, last, last + 200);
        await seen.CountAsync(last + 200, _limit.Token);
        Assert.Equal(Enumerable.Range(0, last + 200), seen.All.Order());
        AssertOrdered(seen);
    }

    [Fact]
    public async Task What_a_killed_consumer_had_read_and_not_committed_comes_to_another()
    {
        // A consumer that is disposed of without leaving its group is what a SIGKILL leaves behind.
        using var log = BrokerFixture.Open(_options, new TestLog<KafkaEventLog>(output));
        await AppendAsync(log, 0, 200);
        var killed = new KafkaClients(_options, static _ => { }).Consumer(_options.GroupPrefix + ".intake");
        killed.Subscribe(_options.Topic);
        while (killed.Consume(TimeSpan.FromMilliseconds(100)) is null)
        {
            _limit.Token.ThrowIfCancellationRequested();
        }

        killed.Dispose();
        var seen = new Seen();
        await using var reader = new Reader(log, seen);
        await seen.CountAsync(200, _limit.Token);
        Assert.Equal(Enumerable.Range(0, 200), seen.All.Order());
        AssertOrdered(seen);
    }

    private static Task AppendAsync(KafkaEventLog log, int from, int to) => log.AppendAsync(
        [.. Enumerable.Range(from, to - from).Select(i => new EventLogMessage($"bucket/{i % Keys}", Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture))))],
        CancellationToken.None);

    private static void AssertOrdered(Seen seen) =>
        Assert.All(seen.All.GroupBy(static i => i % Keys), static ofKey => Assert.Equal(ofKey.Order(), ofKey));

    /// <summary>What all readers have read, in the order they did.</summary>
    private sealed class Seen
    {
        private readonly Lock _lock = new();
        private readonly List<int> _all = [];

        public List<int> All
        {
            get
            {
                lock (_lock)
                {
                    return [.. _all];
                }
            }
        }

        public int Count => All.Count;

        public void Add(IEnumerable<EventLogRecord> records)
        {
            lock (_lock)
            {
                _all.AddRange(records.Select(static record => int.Parse(record.Value.Span, CultureInfo.InvariantCulture)));
            }
        }

        public async Task CountAsync(int count, CancellationToken cancellationToken)
        {
            while (Count < count)
            {
                await Task.Delay(10, cancellationToken);
            }
        }
    }

    /// <summary>As the intake reads: a batch, then its commit.</summary>
    private sealed class Reader : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _running;

        public Reader(KafkaEventLog log, Seen seen) => _running = RunAsync(log, seen);

        public bool HasRead { get; private set; }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running;
            _stop.Dispose();
        }

        private async Task RunAsync(KafkaEventLog log, Seen seen)
        {
            await using var consumer = log.OpenConsumer("intake");
            try
            {
                while (true)
                {
                    var batch = await consumer.ReadAsync(10, _stop.Token);
                    seen.Add(batch);
                    await consumer.CommitAsync(batch, CancellationToken.None);
                    HasRead = true;
                }
            }
            catch (OperationCanceledException)
            {
                // Stopped by its owner.
            }
        }
    }
}
