using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using Glue.Foundation.Kafka;

namespace Glue.Host.FunctionalTests;

/// <summary><c>--notify kafka</c> with a real broker: what stores write to the topic, as their sources write it, runs functions.</summary>
public sealed class StoreTopicTests
{
    private const string Topic = "store-events";

    [Fact]
    public async Task Events_in_the_topic_run_functions_through_the_brokers_death_and_nothing_holds_up_the_topic()
    {
        using var folder = new TempFolder();
        await using var broker = await KafkaBroker.StartAsync();
        await broker.CreateTopicAsync(Topic, partitions: 2);
        await using var other = await Stack.StartAsync(folder["other"]);
        await using var stack = await Stack.StartAsync(folder["data"], Settings(broker));
        using var producer = Producer(broker);
        await PrepareAsync(stack, other);
        await ProduceAsync(producer, MinIO("photos", "in/before it was attached"));

        var attached = (await AttachAsync(stack, other, "--kafka", broker.BootstrapServers, "--topic", Topic, "--no-setup")).Expect();
        Assert.Contains($"events' address: kafka://{broker.BootstrapServers}/{Topic}", attached, StringComparison.Ordinal);
        (await stack.GlueAsync("rule", "add", "other/photos", "noop", "--prefix", "in/")).Expect();

        await ProduceAsync(producer, MinIO("photos", "in/a b+ü"), "not JSON", MinIO("somebody-elses", "in/x"), Ceph("photos", "in/from ceph+ü"), null, MinIO("photos", "in/last"));
        foreach (var key in new[] { "in/a b+ü", "in/from ceph+ü", "in/last" })
        {
            Assert.Equal("succeeded", (string)(await stack.SettledAsync("other/photos", key))["state"]!);
        }

        await StatusAsync(stack, $"reading topic {Topic}; left out 1 events of buckets without rules here");
        Assert.Contains("A message of store other was put aside: not JSON", stack.Process.Log, StringComparison.Ordinal);
        var check = (await stack.GlueAsync("store", "check", "other")).Expect();
        Assert.Contains($"topic {Topic} of {broker.BootstrapServers} is there", check, StringComparison.Ordinal);

        await broker.KillAsync();
        Assert.Contains("No broker of", (await stack.GlueAsync("store", "check", "other")).Output, StringComparison.Ordinal);
        await broker.StartBrokerAsync();
        await ProduceAsync(producer, MinIO("photos", "in/after the broker's death"));
        await stack.SettledAsync("other/photos", "in/after the broker's death");
        Assert.Equal(4, (await stack.SettledAsync("other/photos", key: null, 4)).Count); // none twice, none from before

        (await stack.GlueAsync("rule", "remove", "other/photos", "noop")).Expect();
        (await stack.GlueAsync("store", "detach", "other")).Expect();
    }

    [Fact]
    public async Task SIGKILL_in_the_middle_of_reading_repeats_events_and_loses_none_and_no_function_runs_twice()
    {
        const int events = 300;
        using var folder = new TempFolder();
        await using var broker = await KafkaBroker.StartAsync();
        await broker.CreateTopicAsync(Topic, partitions: 3);
        await using var other = await Stack.StartAsync(folder["other"]);
        using var producer = Producer(broker);
        for (var life = 0; life < 3; life++)
        {
            await using var stack = await Stack.StartAsync(folder["data"], Settings(broker));
            if (life == 0)
            {
                await PrepareAsync(stack, other);
                (await AttachAsync(stack, other, "--kafka", broker.BootstrapServers, "--topic", Topic, "--no-setup")).Expect();
                (await stack.GlueAsync("rule", "add", "other/photos", "noop")).Expect();
            }

            // The first two lives end as soon as a part of theirs has come in: in the middle of what was written at once.
            await ProduceAsync(producer, [.. Enumerable.Range(life * events / 3, events / 3).Select(static i => MinIO("photos", $"{i:000}"))]);
            if (life < 2)
            {
                await stack.UntilAsync(async () => (await stack.Lambda.InvocationsAsync("bucket=other/photos&limit=1000")).Count > life * events / 3);
                await stack.Process.KillAsync();
            }
            else
            {
                var rows = await stack.SettledAsync("other/photos", key: null, events);
                Assert.Equal(events, rows.Count);
                Assert.All(rows, static row => Assert.Equal("succeeded", (string)row!["state"]!));
            }
        }
    }

    [Fact]
    public async Task What_cannot_be_read_is_refused_at_the_border_and_an_account_gets_nobodys_keys()
    {
        using var folder = new TempFolder();
        await using var broker = await KafkaBroker.StartAsync();
        await using var stack = await Stack.StartAsync(folder["data"], Settings(broker));
        using var tenant = await Tenant.AddAsync(stack, "acme");
        var servers = broker.BootstrapServers;
        await RefusedAsync("needs the topic", "--kafka", servers);
        await RefusedAsync("needs the brokers", "--topic", Topic);
        await RefusedAsync("needs the brokers", "--kafka", "no port", "--topic", Topic);
        await RefusedAsync("needs the topic", "--kafka", servers, "--topic", "not/a/topic");
        await RefusedAsync("There is no topic absent", "--kafka", servers, "--topic", "absent");
        await RefusedAsync("No broker of", "--kafka", $"127.0.0.1:{Ports.Free()}", "--topic", Topic);
        await RefusedAsync("servers that are not listed there with it", "--kafka", $"{servers},evil.example.org:9092", "--topic", Topic);
        await RefusedAsync("are of stores that write their events to Kafka", "--notify", "manual", "--topic", Topic);

        // The operator's keys for a cluster are used for accounts that the operator named, of which this is none.
        foreach (var asked in new[] { servers, "evil.example.org:9092", $"{servers},evil.example.org:9092" })
        {
            using var refused = await tenant.Lambda.SendAsync(HttpMethod.Put, "/glue/v1/stores/theirs", new JsonObject
            {
                ["endpoint"] = "http://127.0.0.1:1", ["accessKey"] = "a", ["secretKey"] = "b", ["notify"] = "kafka", ["kafkaServers"] = asked, ["kafkaTopic"] = Topic,
            });
            Assert.Equal(403, (int)refused.StatusCode);
            Assert.Contains("Dispatcher:EventSources:Clusters", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        async Task RefusedAsync(string expected, params string[] arguments)
        {
            var refused = await stack.GlueAsync(
                ["store", "attach", "other", "--endpoint", "http://127.0.0.1:1", "--access-key", "a", "--secret-key", "b", .. arguments.Contains("--notify") ? [] : new[] { "--notify", "kafka" }, .. arguments]);
            Assert.Equal(2, refused.ExitCode);
            Assert.Contains(expected, refused.Error, StringComparison.Ordinal);
        }
    }

    private static string Settings(KafkaBroker broker) => $$"""
        { "Dispatcher": { "RetryDelays": ["00:00:00.1", "00:00:00.1"], "FirstBackoff": "00:00:00.1", "EventSources": { "Clusters": [
          { "BootstrapServers": "{{broker.BootstrapServers}}", "Properties": {{KafkaBroker.ClientPropertiesJson}},
            "Consumer": { "session.timeout.ms": "2000", "heartbeat.interval.ms": "500" } } ] } } }
        """;

    private static async Task PrepareAsync(Stack stack, Stack other)
    {
        using var theirs = other.Sdk();
        await theirs.PutBucketAsync("photos");
        await stack.Lambda.CreateAsync("noop", "python3.11", "app.handler", Zip.Of("app.py", "def handler(event, context): pass"));
    }

    private static Task<Cli.Result> AttachAsync(Stack stack, Stack other, params string[] arguments) => stack.GlueAsync(
        ["store", "attach", "other", "--endpoint", other.Process.S3, "--access-key", other.Process.AccessKey, "--secret-key", other.Process.SecretKey, "--notify", "kafka", .. arguments]);

    private static IProducer<byte[]?, byte[]> Producer(KafkaBroker broker) =>
        new KafkaClients(new KafkaOptions { BootstrapServers = broker.BootstrapServers, Properties = KafkaBroker.ClientProperties }, static _ => { }).Producer();

    /// <summary>Under the key that MinIO uses, so that one object's events share a partition; a null is a tombstone.</summary>
    private static async Task ProduceAsync(IProducer<byte[]?, byte[]> producer, params string?[] messages) => await Task.WhenAll(messages.Select(message => producer.ProduceAsync(
        Topic, new Message<byte[]?, byte[]> { Key = Encoding.UTF8.GetBytes($"{message?.GetHashCode(StringComparison.Ordinal)}"), Value = message is null ? null! : Encoding.UTF8.GetBytes(message) })));

    /// <summary>As MinIO's Kafka target writes it (internal/event/target/kafka.go: the same JSON as its webhook).</summary>
    private static string MinIO(string bucket, string key)
    {
        var message = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests/samples/minio-put.json")))!;
        var s3 = message["Records"]![0]!["s3"]!;
        s3["bucket"]!["name"] = bucket;
        s3["object"]!["key"] = Uri.EscapeDataString(key).Replace("%20", "+", StringComparison.Ordinal);
        return message.ToJsonString();
    }

    /// <summary>As Ceph's Kafka endpoint writes it: the same JSON as its HTTP endpoint, keys as they are.</summary>
    private static string Ceph(string bucket, string key)
    {
        var message = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests/samples/ceph-put.json")))!;
        var s3 = message["Records"]![0]!["s3"]!;
        s3["bucket"]!["name"] = bucket;
        s3["object"]!["key"] = key;
        return message.ToJsonString();
    }

    private static Task StatusAsync(Stack stack, string expected) => stack.UntilAsync(async () =>
    {
        using var answer = await stack.Lambda.SendAsync(HttpMethod.Get, "/glue/v1/stores", body: null);
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonNode>())!["stores"]![0]!["status"]!.ToString().Contains(expected, StringComparison.Ordinal);
    });
}
