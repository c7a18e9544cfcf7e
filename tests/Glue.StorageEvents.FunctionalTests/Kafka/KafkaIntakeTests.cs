using System.Text;
using System.Text.Json.Nodes;
using Glue.StorageEvents.EventLog;
using Glue.StorageEvents.FunctionalTests.Intake;
using Glue.StorageEvents.Tests;
using Xunit.Abstractions;
using static Glue.StorageEvents.Tests.Rules.Configurations;

namespace Glue.StorageEvents.FunctionalTests.Kafka;

/// <summary>The whole of storage-events with its log on a real broker.</summary>
[Collection(nameof(BrokerCollection))]
public sealed class KafkaIntakeTests(BrokerFixture fixture, ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly RecordingIntake _intake = new();
    private readonly KafkaEventLogOptions _options = fixture.NewTopics();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Events_of_any_producer_with_any_key_become_invocations_and_what_cannot_be_read_goes_to_the_topic_of_rejected_records()
    {
        await using var storageEvents = await StartAsync();
        await storageEvents.PutRulesAsync(Rule());
        await RawTopic.ProduceAsync(
            _options,
            _options.Topic,
            (null, """{"Records":[{"eventName":"s3:ObjectCreated:Put","s3":{"bucket":{"name":"photos"},"object":{"key":"minio.jpg","sequencer":"1"}}}]}"""),
            ("whatever", "this is no JSON"),
            ("x", """
                {"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"photos"},"object":{"key":"ceph.jpg","sequencer":"1"}}},
                {"eventName":"ObjectCreated:Put"},
                {"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"photos"},"object":{"key":"aws+1.jpg","sequencer":"1"}}}]}
                """));
        await storageEvents.RecordAsync(Changes.Put("own.jpg"));

        Assert.Equal(
            ["aws 1.jpg", "ceph.jpg", "minio.jpg", "own.jpg"],
            (await _intake.TakenAsync(4)).Select(static invocation => invocation.Source.ObjectKey).Order(StringComparer.Ordinal));

        var rejected = (await RawTopic.ReadAsync(_options, _options.RejectedTopic, 2)).ConvertAll(static value => JsonNode.Parse(value)!);
        Assert.Equal("not JSON: line 1, byte 2", (string)rejected[0]["reason"]!);
        Assert.Equal((_options.Topic, 0, "whatever", "this is no JSON"), ((string)rejected[0]["topic"]!, (int)rejected[0]["partition"]!, (string)rejected[0]["key"]!, (string)rejected[0]["value"]!));
        Assert.Equal("Records[1].s3 is missing", (string)rejected[1]["reason"]!);
        Assert.Equal((long)rejected[0]["offset"]! + 1, (long)rejected[1]["offset"]!);
    }

    [Fact]
    public async Task While_the_broker_is_away_changes_go_on_and_wait_in_the_outbox_and_then_come_in_order()
    {
        const int each = 30;
        await using var storageEvents = await StartAsync();
        await storageEvents.PutRulesAsync(Rule());
        await PutAsync(storageEvents, 0, each);
        await _intake.TakenAsync(each);
        await fixture.Broker.KillAsync();
        await PutAsync(storageEvents, each, 2 * each);
        Assert.Equal(each, _intake.Taken.Count);
        await fixture.Broker.StartBrokerAsync();
        await PutAsync(storageEvents, 2 * each, 3 * each);

        var taken = await _intake.TakenAsync(3 * each);
        Assert.Equal(Enumerable.Range(0, 3 * each).Select(static i => $"{i:X4}"), taken.DistinctBy(static invocation => invocation.Id).Select(static invocation => invocation.Source.Sequencer));
    }

    [Fact]
    public async Task What_waited_in_the_outbox_when_the_process_ended_goes_to_the_broker_later_and_what_was_handled_does_not_come_again()
    {
        await using (var first = await StartAsync())
        {
            await first.PutRulesAsync(Rule());
            await PutAsync(first, 0, 20);
            await _intake.TakenAsync(20);
        }

        await using (var embedded = await StorageEventsUnderTest.StartAsync(_folder, new RecordingIntake { Before = static () => throw new IOException("full") }))
        {
            await PutAsync(embedded, 20, 40); // as if Kafka's side had not been running
        }

        await using var second = await StartAsync();
        Assert.Equal(Enumerable.Range(0, 40).Select(static i => $"{i:X4}"), (await _intake.TakenAsync(40)).Select(static invocation => invocation.Source.Sequencer));
    }

    [Fact]
    public async Task A_reader_that_is_held_up_pauses_its_partitions_and_stays_in_the_group()
    {
        const int records = 6000;
        var options = _options with { Consumer = new() { ["session.timeout.ms"] = "1500", ["max.poll.interval.ms"] = "1500", ["heartbeat.interval.ms"] = "300" } };
        var lines = new TestLog<KafkaEventLog>(output);
        using var log = BrokerFixture.Open(options, lines);
        for (var i = 0; i < records; i += 1000)
        {
            await log.AppendAsync([.. Enumerable.Range(i, 1000).Select(static n => new EventLogMessage("bucket/key", Encoding.UTF8.GetBytes($"{n}")))], CancellationToken.None);
        }

        await using var consumer = log.OpenConsumer("intake");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var read = new List<string>();
        while (read.Count < records)
        {
            read.AddRange((await consumer.ReadAsync(500, limit.Token)).Select(static record => Encoding.UTF8.GetString(record.Value.Span)));
            if (read.Count == 500)
            {
                await lines.SaidAsync(3304, limit.Token); // paused: the buffer is full and nobody reads
                await Task.Delay(TimeSpan.FromSeconds(2), limit.Token); // longer than a member may be silent
            }
        }

        Assert.Equal(Enumerable.Range(0, records).Select(static n => $"{n}"), read);
        Assert.Contains(3305, lines.Ids);
        Assert.DoesNotContain(3303, lines.Ids); // never thrown out of the group
    }

    private Task<StorageEventsUnderTest> StartAsync() => StorageEventsUnderTest.StartAsync(_folder, _intake, kafka: _options);

    private static async Task PutAsync(StorageEventsUnderTest storageEvents, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            await storageEvents.RecordAsync(Changes.Put("one-key") with { Sequencer = $"{i:X4}" });
        }
    }
}
