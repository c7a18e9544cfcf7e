using Glue.StorageEvents.EventLog;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Glue.StorageEvents.FunctionalTests.Kafka;

/// <summary>One real broker for all tests of the collection; each test has topics of its own.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    private KafkaBroker? _broker;

    public KafkaBroker Broker => _broker!;

    public async Task InitializeAsync() => _broker = await KafkaBroker.StartAsync();

    public async Task DisposeAsync() => await _broker!.DisposeAsync();

    /// <summary>Topics nobody has used.</summary>
    public KafkaEventLogOptions NewTopics()
    {
        var name = "test-" + Guid.NewGuid().ToString("N");
        return new KafkaEventLogOptions
        {
            BootstrapServers = Broker.BootstrapServers,
            Properties = KafkaBroker.ClientProperties,
            Topic = name,
            RejectedTopic = name + ".rejected",
            GroupPrefix = name,
        };
    }

    public static KafkaEventLog Open(KafkaEventLogOptions options, ILogger<KafkaEventLog>? logger = null) =>
        new(options, TimeProvider.System, logger ?? NullLogger<KafkaEventLog>.Instance);
}

[CollectionDefinition(nameof(BrokerCollection))]
public sealed class BrokerCollection : ICollectionFixture<BrokerFixture>;
