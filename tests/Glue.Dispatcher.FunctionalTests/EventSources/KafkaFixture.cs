using System.Text;
using Confluent.Kafka;
using Glue.Dispatcher.EventSources;
using Glue.Foundation.Kafka;

namespace Glue.Dispatcher.FunctionalTests.EventSources;

/// <summary>One real broker for all tests of a class; each test has a topic of its own.</summary>
public sealed class KafkaFixture : IAsyncLifetime
{
    private KafkaBroker? _broker;

    public KafkaBroker Broker => _broker!;

    /// <summary>How clients speak with so old a broker, and quick times.</summary>
    public EventSourceOptions Options => new()
    {
        Clusters = [new EventSourceCluster { BootstrapServers = Broker.BootstrapServers, Properties = KafkaBroker.ClientProperties, Accounts = ["111111111111"] }],
        FirstRetry = TimeSpan.FromMilliseconds(10),
        LongestRetry = TimeSpan.FromMilliseconds(50),
    };

    public async Task InitializeAsync() => _broker = await KafkaBroker.StartAsync();

    public async Task DisposeAsync() => await _broker!.DisposeAsync();

    public async Task<string> NewTopicAsync(int partitions = 1)
    {
        var topic = "esm-" + Guid.NewGuid().ToString("N");
        await Broker.CreateTopicAsync(topic, partitions);
        return topic;
    }

    /// <summary>Returns once clients are told of so many partitions.</summary>
    public async Task GrowTopicAsync(string topic, int partitions)
    {
        await Broker.GrowTopicAsync(topic, partitions);
        using var admin = new KafkaClients(Options.Clusters[0], static _ => { }).Admin();
        await EventSourceServer.UntilAsync(() => Task.FromResult(KafkaTopics.PartitionsOf(admin, topic).Count == partitions));
    }

    /// <summary>To one partition, in order.</summary>
    public async Task ProduceAsync(string topic, int partition, params IEnumerable<string> values)
    {
        using var producer = new KafkaClients(Options.Clusters[0], static _ => { }).Producer();
        foreach (var value in values)
        {
            await producer.ProduceAsync(new TopicPartition(topic, partition), new Message<byte[]?, byte[]> { Key = "k"u8.ToArray(), Value = Encoding.UTF8.GetBytes(value) });
        }
    }
}
