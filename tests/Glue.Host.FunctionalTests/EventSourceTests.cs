using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using Glue.Foundation.Kafka;

namespace Glue.Host.FunctionalTests;

/// <summary>A Kafka topic as the source of a real function's events.</summary>
public sealed class EventSourceTests
{
    private const int Partitions = 3;
    private const int RecordsPerPartition = 60;

    /// <summary>Leaves an object for each record, slowly enough that a kill meets batches half done.</summary>
    private const string Handler = """
        import base64, os, time, urllib.request
        def handler(event, context):
            for partition in event['records'].values():
                for record in partition:
                    value = base64.b64decode(record['value']).decode()
                    url = os.environ['AWS_ENDPOINT_URL_S3'] + '/records/' + value
                    urllib.request.urlopen(urllib.request.Request(url, data=b'x', method='PUT')).close()
                    time.sleep(0.01)
        """;

    [Fact]
    public async Task SIGKILL_in_the_middle_of_batches_repeats_records_and_loses_none()
    {
        using var folder = new TempFolder();
        await using var broker = await KafkaBroker.StartAsync();
        await broker.CreateTopicAsync("orders", Partitions);
        var settings = $$"""
            { "Dispatcher": { "EventSources": { "FirstRetry": "00:00:00.1", "Clusters": [
              { "BootstrapServers": "{{broker.BootstrapServers}}", "Properties": {{KafkaBroker.ClientPropertiesJson}},
                "Consumer": { "session.timeout.ms": "2000", "heartbeat.interval.ms": "500" } } ] } } }
            """;
        var clients = new KafkaClients(new KafkaOptions { BootstrapServers = broker.BootstrapServers, Properties = KafkaBroker.ClientProperties }, static _ => { });
        using (var producer = clients.Producer())
        {
            await Task.WhenAll(Enumerable.Range(0, Partitions * RecordsPerPartition).Select(i => producer.ProduceAsync(
                new TopicPartition("orders", i % Partitions), new Message<byte[]?, byte[]> { Value = Encoding.UTF8.GetBytes($"{i % Partitions}/{i:000}") })));
        }

        for (var life = 0; life < 3; life++)
        {
            await using var stack = await Stack.StartAsync(folder["data"], settings);
            using var s3 = stack.Sdk();
            if (life == 0)
            {
                await s3.PutBucketAsync("records");
                await stack.Lambda.CreateAsync("consumer", "python3.11", "app.handler", Zip.Of("app.py", Handler));
                using var made = await stack.Lambda.SendAsync(HttpMethod.Post, "/2015-03-31/event-source-mappings", new JsonObject
                {
                    ["FunctionName"] = "consumer",
                    ["Topics"] = new JsonArray("orders"),
                    ["StartingPosition"] = "TRIM_HORIZON",
                    ["BatchSize"] = 10,
                    ["SelfManagedEventSource"] = new JsonObject { ["Endpoints"] = new JsonObject { ["KAFKA_BOOTSTRAP_SERVERS"] = new JsonArray(broker.BootstrapServers) } },
                });
                Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync());
            }

            // Twice it is killed when a third more has come; the last life has it all.
            var wanted = (life + 1) * Partitions * RecordsPerPartition / 3;
            await stack.UntilAsync(async () => (await s3.ListObjectsV2Async(new() { BucketName = "records" })).KeyCount >= wanted);
            if (life < 2)
            {
                await stack.Process.KillAsync();
            }
            else
            {
                using var answer = await stack.Lambda.SendAsync(HttpMethod.Get, "/2015-03-31/event-source-mappings", null);
                var listed = (await answer.Content.ReadFromJsonAsync<JsonNode>())!["EventSourceMappings"]!.AsArray();
                Assert.Equal("Enabled", (string)Assert.Single(listed)!["State"]!);
            }
        }
    }

    [Fact]
    public async Task Settings_of_clusters_are_checked_at_start()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["glue.json"], """
            { "Dispatcher": { "EventSources": { "Clusters": [ { "BootstrapServers": "a:1", "Consumer": { "enable.auto.commit": "false" } }, { "Accounts": ["*"] } ] } } }
            """);
        var refused = await GlueCli.RunAsync("up", "--data", folder["data"], "--s3-port", "0", "--api-port", "0", "--driver", "process", "--config", folder["glue.json"]);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("Clusters 'a:1': Consumer: 'enable.auto.commit' is Glue's own", refused.Error, StringComparison.Ordinal);
        Assert.Contains("each names its BootstrapServers", refused.Error, StringComparison.Ordinal);
    }
}
