using Glue.StorageEvents.EventLog;
using Glue.StorageEvents.FunctionalTests.EventLog;

namespace Glue.StorageEvents.FunctionalTests.Kafka;

/// <summary>The event log's contract on a real broker; one partition, because the contract's tests compare orders across keys.</summary>
[Collection(nameof(BrokerCollection))]
public sealed class KafkaEventLogTests(BrokerFixture broker) : EventLogContract, IAsyncLifetime
{
    private readonly KafkaEventLogOptions _options = broker.NewTopics();
    private KafkaEventLog _log = null!;

    protected override IEventLog Log => _log;

    public Task InitializeAsync()
    {
        _log = BrokerFixture.Open(_options);
        return Task.CompletedTask;
    }

    public Task DisposeAsync()
    {
        _log.Dispose();
        return Task.CompletedTask;
    }

    protected override Task RestartAsync()
    {
        _log.Dispose();
        return InitializeAsync();
    }
}
