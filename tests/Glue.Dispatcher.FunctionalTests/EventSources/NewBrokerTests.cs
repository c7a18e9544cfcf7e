using System.Text.Json;
using Confluent.Kafka;
using Glue.Dispatcher.EventSources;
using Glue.Foundation.Kafka;

namespace Glue.Dispatcher.FunctionalTests.EventSources;

/// <summary>What the old real broker does not have: headers and timestamps, over librdkafka's own cluster in memory.</summary>
public sealed class NewBrokerTests
{
    [Fact]
    public async Task Headers_timestamps_and_null_values_reach_the_function()
    {
        NativeKafka.Use();
        using var cluster = new ProducerBuilder<byte[]?, byte[]?>(new Dictionary<string, string> { ["test.mock.num.brokers"] = "1", ["bootstrap.servers"] = "mock" })
            .SetLogHandler(static (_, _) => { }).Build();
        using var admin = new DependentAdminClientBuilder(cluster.Handle).Build();
        var servers = string.Join(',', admin.GetMetadata(TimeSpan.FromSeconds(30)).Brokers.Select(static broker => $"{broker.Host}:{broker.Port}"));
        var sent = await cluster.ProduceAsync("news", new Message<byte[]?, byte[]?>
        {
            Key = "k"u8.ToArray(),
            Value = "v"u8.ToArray(),
            Timestamp = new Timestamp(1_700_000_000_123, TimestampType.CreateTime),
            Headers = new Headers { { "kind", "ë"u8.ToArray() } },
        });
        await cluster.ProduceAsync(sent.TopicPartition, new Message<byte[]?, byte[]?> { Key = null, Value = null });

        using var folder = new TempFolder();
        await using var server = await DispatcherServer.StartAsync(folder, eventSources: new EventSourceOptions());
        await server.DeployAsync("reader");
        var made = await server.SendAsync(HttpMethod.Post, "/2015-03-31/event-source-mappings", new
        {
            FunctionName = "reader",
            Topics = new[] { "news" },
            StartingPosition = "TRIM_HORIZON",
            SelfManagedEventSource = new { Endpoints = new { KAFKA_BOOTSTRAP_SERVERS = servers.Split(',') } },
            SelfManagedKafkaEventSourceConfig = new { ConsumerGroupId = "readers" },
        });
        Assert.True(made.Status == 202, made.Text);
        List<JsonElement> Records() => [.. server.Worker.Requests.SelectMany(request => JsonDocument.Parse(request.Payload).RootElement
            .GetProperty("records").EnumerateObject().SelectMany(static partition => partition.Value.EnumerateArray()))];
        await EventSourceServer.UntilAsync(() => Task.FromResult(Records().Count >= 2));
        var (full, empty) = (Records()[0], Records()[1]);
        Assert.Equal((1_700_000_000_123, "CREATE_TIME", "aw==", "dg=="), (
            full.GetProperty("timestamp").GetInt64(), full.GetProperty("timestampType").GetString(), full.GetProperty("key").GetString(), full.GetProperty("value").GetString()));
        Assert.Equal("""[{"kind":[-61,-85]}]""", full.GetProperty("headers").GetRawText());
        Assert.False(empty.TryGetProperty("value", out _) || empty.TryGetProperty("key", out _));
    }
}
