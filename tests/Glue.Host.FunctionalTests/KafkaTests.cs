using Confluent.Kafka;
using Glue.Foundation.Kafka;

namespace Glue.Host.FunctionalTests;

/// <summary><c>glue up --event-log kafka</c> on a real broker.</summary>
public sealed class KafkaTests
{
    [Fact]
    public async Task Own_objects_and_foreign_events_run_through_Kafka_and_can_be_run_again_and_doctor_finds_the_broker()
    {
        using var folder = new TempFolder();
        await using var broker = await KafkaBroker.StartAsync();
        await using var stack = await Stack.StartWithKafkaAsync(folder["data"], broker);
        using var s3 = stack.Sdk();
        await s3.PutBucketAsync("photos");
        await stack.Lambda.CreateAsync("noop", "python3.11", "app.handler", Zip.Of("app.py", "def handler(event, context): pass"));
        await stack.AddRuleAsync("photos", "noop", "--prefix", "in/");

        var before = TimeProvider.System.GetUtcNow();
        await s3.PutObjectAsync(new() { BucketName = "photos", Key = "in/own", ContentBody = "x" });
        await ProduceAsync(broker, """{"Records":[{"eventTime":"2020-01-01T00:00:00Z","eventName":"s3:ObjectCreated:Put","s3":{"bucket":{"name":"photos"},"object":{"key":"in%2Fforeign","sequencer":"1"}}}]}""");
        Assert.Equal("succeeded", (string)(await stack.SettledAsync("photos", "in/own"))["state"]!);
        Assert.Equal("succeeded", (string)(await stack.SettledAsync("photos", "in/foreign"))["state"]!);

        var known = (await stack.GlueAsync("replay", "--from", "0")).Expect();
        Assert.Contains("done: 2 of 2 offsets, 2 records, 2 matched, 0 new invocations", known, StringComparison.Ordinal);
        var recent = (await stack.GlueAsync("replay", "--from", $"{before.AddSeconds(-5):O}", "--again")).Expect();
        Assert.Contains("2 records, 1 matched, 1 new invocations", recent, StringComparison.Ordinal); // this broker has no times: the events' own decide
        Assert.Equal(2, (await stack.SettledAsync("photos", "in/own", 2)).Count);

        var settings = folder["doctor.json"];
        await File.WriteAllTextAsync(settings, $$"""{ "StorageEvents": { "Kafka": { "Properties": {{KafkaBroker.ClientPropertiesJson}} } } }""");
        var doctor = await GlueCli.RunAsync("doctor", "--driver", "process", "--kafka", broker.BootstrapServers, "--config", settings);
        Assert.Matches(@"ok  librdkafka +\d", doctor.Output);
        Assert.Matches("ok  kafka +1 broker.*topic glue.storage-events has 1 partitions", doctor.Output);
    }

    [Fact]
    public async Task A_topic_is_told_how_an_asynchronous_invocation_ended_with_the_event_log_in_SQLite_too()
    {
        using var folder = new TempFolder();
        await using var broker = await KafkaBroker.StartAsync();
        await using var stack = await Stack.StartAsync(
            folder["data"], $$"""{ "StorageEvents": { "Kafka": { "Properties": {{KafkaBroker.ClientPropertiesJson}} } } }""",
            "--kafka", broker.BootstrapServers);
        await stack.Lambda.CreateAsync("told", "python3.11", "app.handler", Zip.Of("app.py", "def handler(event, context): return {'answer': event['question']}"));
        Assert.Contains("is the event log's own", (await TellAsync(stack, "glue.storage-events")).Error, StringComparison.Ordinal);
        Assert.Contains("does not name a topic", (await TellAsync(stack, "no topic")).Error, StringComparison.Ordinal);
        (await TellAsync(stack, "outcomes")).Expect();
        await stack.Lambda.InvokeLaterAsync("told", """{"question": 42}""");

        var record = System.Text.Json.Nodes.JsonNode.Parse(await ReadOneAsync(broker, "outcomes"))!;
        Assert.Equal("Success", (string)record["requestContext"]!["condition"]!);
        Assert.Equal(42, (int)record["responsePayload"]!["answer"]!);
    }

    [Theory]
    [InlineData("but where is it? Give --kafka HOST:PORT", "--event-log", "kafka")]
    [InlineData("No such configuration property: \"no.such.thing\"", "--event-log", "kafka", "--kafka", "127.0.0.1:1", "--config", """{"StorageEvents":{"Kafka":{"Properties":{"no.such.thing":"1"}}}}""")]
    [InlineData("Consumer: 'enable.auto.commit' is Glue's own", "--event-log", "kafka", "--kafka", "127.0.0.1:1", "--config", """{"StorageEvents":{"Kafka":{"Consumer":{"enable.auto.commit":"false"}}}}""")]
    public async Task Settings_that_cannot_work_are_refused_at_start_with_what_to_do(string expected, params string[] arguments)
    {
        using var folder = new TempFolder();
        if (arguments is [.., "--config", var json])
        {
            await File.WriteAllTextAsync(folder["glue.json"], json);
            arguments = [.. arguments[..^1], folder["glue.json"]];
        }

        var refused = await GlueCli.RunAsync(["up", "--data", folder["data"], "--s3-port", "0", "--api-port", "0", "--driver", "process", .. arguments]);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(expected, refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_of_the_embedded_log_counts_runs_and_complains()
    {
        using var folder = new TempFolder();
        await using var stack = await Stack.StartAsync(folder["data"]);
        using var s3 = stack.Sdk();
        await s3.PutBucketAsync("photos");
        await stack.Lambda.CreateAsync("noop", "python3.11", "app.handler", Zip.Of("app.py", "def handler(event, context): pass"));
        for (var i = 0; i < 3; i++)
        {
            await s3.PutObjectAsync(new() { BucketName = "photos", Key = $"in/{i}", ContentBody = "x" });
        }

        // The rule came later than the objects: a replay is how they are caught up with.
        await stack.AddRuleAsync("photos", "noop", "--prefix", "in/");
        Assert.Contains("3 matched (dry run: nothing enqueued)", (await stack.GlueAsync("replay", "--from", "2020-01-01", "--dry-run")).Expect(), StringComparison.Ordinal);
        Assert.Contains("3 matched, 3 new invocations", (await stack.GlueAsync("replay", "--from", "2020-01-01")).Expect(), StringComparison.Ordinal);
        Assert.Equal(3, (await stack.SettledAsync("photos", key: null, 3)).Count);
        Assert.Contains("3 matched, 0 new invocations", (await stack.GlueAsync("replay", "--from", "0", "--to", "1000")).Expect(), StringComparison.Ordinal);
        Assert.Contains("done", (await stack.GlueAsync("replay", "list")).Expect(), StringComparison.Ordinal);
        Assert.Contains("from 'yesterday' is neither a time", (await stack.GlueAsync("replay", "--from", "yesterday")).Error, StringComparison.Ordinal);
        Assert.Contains("There is no replay nonsense", (await stack.GlueAsync("replay", "resume", "nonsense")).Error, StringComparison.Ordinal);

        using var unsigned = new HttpClient();
        Assert.Equal(403, (int)(await unsigned.GetAsync(new Uri(new Uri(stack.Process.Api), "/glue/v1/replays"))).StatusCode);
    }

    private static Task<Cli.Result> TellAsync(Stack stack, string topic) => stack.AwsLambdaAsync(
        "put-function-event-invoke-config", "--function-name", "told",
        "--destination-config", $$$"""{"OnSuccess":{"Destination":"arn:glue:kafka:::{{{topic}}}"}}""");

    private static Task<string> ReadOneAsync(KafkaBroker broker, string topic) => Task.Run(() =>
    {
        var clients = new KafkaClients(new KafkaOptions { BootstrapServers = broker.BootstrapServers, Properties = KafkaBroker.ClientProperties }, static _ => { });
        using var consumer = clients.Consumer("test");
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        for (var started = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(60);)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is { } found)
            {
                return System.Text.Encoding.UTF8.GetString(found.Message.Value!);
            }
        }

        throw new TimeoutException($"nothing came to {topic} in 60 s");
    });

    private static async Task ProduceAsync(KafkaBroker broker, string json)
    {
        var clients = new KafkaClients(new KafkaOptions { BootstrapServers = broker.BootstrapServers, Properties = KafkaBroker.ClientProperties }, static _ => { });
        using var producer = clients.Producer();
        await producer.ProduceAsync("glue.storage-events", new Message<byte[]?, byte[]> { Value = System.Text.Encoding.UTF8.GetBytes(json) });
    }
}
