using Glue.Dispatcher.EventSources;
using Glue.Foundation.Signing;

namespace Glue.Dispatcher.FunctionalTests.EventSources;

/// <summary>Event source mappings over a real broker.</summary>
public sealed class KafkaMappingTests(KafkaFixture kafka) : IClassFixture<KafkaFixture>
{
    [Fact]
    public async Task Records_of_each_partition_reach_the_function_in_order_in_batches_of_one_partition()
    {
        using var folder = new TempFolder();
        await using var server = await EventSourceServer.StartAsync(folder, kafka.Options);
        var topic = await kafka.NewTopicAsync(partitions: 3);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(partition => kafka.ProduceAsync(topic, partition, Enumerable.Range(0, 40).Select(i => $"{partition}/{i:00}"))));
        var uuid = await server.MapAsync(kafka.Broker.BootstrapServers, topic, new { BatchSize = 7 });
        var all = Enumerable.Range(0, 3).SelectMany(partition => Enumerable.Range(0, 40).Select(i => $"{partition}/{i:00}")).ToList();
        await server.SettledAsync(all);
        foreach (var partition in new[] { "0", "1", "2" })
        {
            var values = server.Settled.Where(value => value.StartsWith(partition, StringComparison.Ordinal)).ToList();
            Assert.Equal(values.Order(StringComparer.Ordinal), values);
        }

        foreach (var request in server.Server.Worker.Requests)
        {
            var values = EventSourceServer.Values(request.Payload);
            Assert.InRange(values.Count, 1, 7);
            Assert.Single(values.Select(static value => value[0]).Distinct());
        }

        Assert.Equal("OK", (await server.GetAsync(uuid)).GetProperty("LastProcessingResult").GetString());
    }

    [Fact]
    public async Task A_disabled_mapping_finishes_what_runs_and_goes_on_where_it_was_when_it_is_enabled_again()
    {
        using var folder = new TempFolder();
        await using var server = await EventSourceServer.StartAsync(folder, kafka.Options);
        var topic = await kafka.NewTopicAsync();
        var uuid = await server.MapAsync(kafka.Broker.BootstrapServers, topic, new { StartingPosition = "LATEST" });
        await kafka.ProduceAsync(topic, 0, "a", "b");
        await server.SettledAsync("a", "b");
        await server.UpdateAsync(uuid, new { Enabled = false }, "Disabled");
        await kafka.ProduceAsync(topic, 0, "c", "d");
        await server.UpdateAsync(uuid, new { Enabled = true });
        await server.SettledAsync("c", "d");
        Assert.Equal(["a", "b", "c", "d"], server.Settled);
    }

    [Fact]
    public async Task A_mapping_that_begins_at_the_newest_skips_nothing_that_comes_while_the_dispatcher_is_down()
    {
        using var folder = new TempFolder();
        var topic = await kafka.NewTopicAsync();
        await kafka.ProduceAsync(topic, 0, "before");
        await using (var first = await EventSourceServer.StartAsync(folder, kafka.Options))
        {
            await first.MapAsync(kafka.Broker.BootstrapServers, topic, new { StartingPosition = "LATEST" });
        }

        await kafka.ProduceAsync(topic, 0, "meanwhile");
        await using var second = await EventSourceServer.StartAsync(folder, kafka.Options, deploys: false);
        await second.SettledAsync("meanwhile");
        Assert.Equal(["meanwhile"], second.Settled);
    }

    [Fact]
    public async Task A_mapping_that_begins_at_the_newest_skips_nothing_of_partitions_that_its_topic_gets_while_the_dispatcher_is_down()
    {
        using var folder = new TempFolder();
        var topic = await kafka.NewTopicAsync(partitions: 2);
        await kafka.ProduceAsync(topic, 0, "before");
        await kafka.ProduceAsync(topic, 1, "before");
        await using (var first = await EventSourceServer.StartAsync(folder, kafka.Options))
        {
            await first.MapAsync(kafka.Broker.BootstrapServers, topic, new { StartingPosition = "LATEST" });
        }

        await kafka.GrowTopicAsync(topic, partitions: 4);
        await kafka.ProduceAsync(topic, 3, "new partition");
        await kafka.ProduceAsync(topic, 0, "old partition");
        await using var second = await EventSourceServer.StartAsync(folder, kafka.Options, deploys: false);
        await second.SettledAsync("new partition", "old partition");
        Assert.DoesNotContain("before", second.Settled);
    }

    [Fact]
    public async Task A_failing_batch_holds_its_partition_alone_until_it_succeeds()
    {
        using var folder = new TempFolder();
        await using var server = await EventSourceServer.StartAsync(folder, kafka.Options);
        var topic = await kafka.NewTopicAsync(partitions: 2);
        var uuid = await server.MapAsync(kafka.Broker.BootstrapServers, topic, new { BatchSize = 1 });
        server.Script = static values => values.Contains("bad") ? FakeWorker.Failed("bad record") : FakeWorker.Succeeded("null"u8.ToArray());
        await kafka.ProduceAsync(topic, 0, "bad", "behind");
        await kafka.ProduceAsync(topic, 1, "beside");
        await server.SettledAsync("beside");
        await EventSourceServer.UntilAsync(() => Task.FromResult(server.Server.Worker.Requests.Count(static request => EventSourceServer.Values(request.Payload).Contains("bad")) > 3));
        Assert.DoesNotContain("behind", server.Settled);
        server.Script = static _ => FakeWorker.Succeeded("null"u8.ToArray());
        await server.SettledAsync("bad", "behind");
        Assert.Equal(["beside", "bad", "behind"], server.Settled);
        await EventSourceServer.UntilAsync(async () => (await server.GetAsync(uuid)).GetProperty("LastProcessingResult").GetString() == "OK");
    }

    [Fact]
    public async Task What_is_given_up_reaches_a_function_through_the_queue_and_a_topic_of_the_same_cluster()
    {
        using var folder = new TempFolder();
        await using var server = await EventSourceServer.StartAsync(folder, kafka.Options);
        await server.Server.DeployAsync("mourner");
        var told = new TaskCompletionSource<ReadOnlyMemory<byte>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var consume = server.Server.Worker.Script;
        server.Server.Worker.Script = (version, request, token) =>
        {
            if (version.Name != "mourner")
            {
                return consume(version, request, token);
            }

            told.TrySetResult(request.Payload.ToArray());
            return Task.FromResult(FakeWorker.Succeeded("null"u8.ToArray()));
        };
        server.Script = static values => values.Contains("bad") ? FakeWorker.Failed("bad record") : FakeWorker.Succeeded("null"u8.ToArray());
        var (topic, failed) = (await kafka.NewTopicAsync(), await kafka.NewTopicAsync());
        var uuid = await server.MapAsync(
            kafka.Broker.BootstrapServers, topic,
            new
            {
                BatchSize = 1,
                MaximumRetryAttempts = 1,
                DestinationConfig = new { OnFailure = new { Destination = "arn:aws:lambda:us-east-1:000000000000:function:mourner" } },
            });
        await kafka.ProduceAsync(topic, 0, "bad", "next");
        await server.SettledAsync("next");
        var record = System.Text.Json.JsonDocument.Parse(await told.Task.WaitAsync(TimeSpan.FromSeconds(60))).RootElement;
        Assert.Equal("RetryAttemptsExhausted", record.GetProperty("requestContext").GetProperty("condition").GetString());
        Assert.Equal(2, record.GetProperty("requestContext").GetProperty("approximateInvokeCount").GetInt32());
        Assert.Equal("0", record.GetProperty("KafkaBatchInfo").GetProperty("recordsInfo").GetProperty($"{topic}-0").GetProperty("firstRecordOffset").GetString());

        await server.UpdateAsync(uuid, new { DestinationConfig = new { OnFailure = new { Destination = "kafka://" + failed } } });
        await server.Server.DeployAsync("second");
        await server.MapAsync(kafka.Broker.BootstrapServers, failed, new { FunctionName = "second" });
        await kafka.ProduceAsync(topic, 0, "bad", "last");
        await server.SettledAsync("last");
        await EventSourceServer.UntilAsync(() => Task.FromResult(server.Settled.Any(static value => value.Contains("\"KafkaBatchInfo\"", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task A_record_too_large_for_the_topic_of_failures_goes_there_without_its_event_and_holds_up_nobody()
    {
        using var folder = new TempFolder();
        await using var server = await EventSourceServer.StartAsync(folder, kafka.Options);
        server.Script = static values => values.Any(static value => value.StartsWith("bad", StringComparison.Ordinal))
            ? FakeWorker.Failed("bad record") : FakeWorker.Succeeded("null"u8.ToArray());
        var (topic, failed) = (await kafka.NewTopicAsync(), await kafka.NewTopicAsync());
        await kafka.ProduceAsync(topic, 0, "bad 0", "bad 1 " + new string('x', 900_000), "bad 2"); // as base64 more than the 1 MB of broker and client
        var uuid = await server.MapAsync(
            kafka.Broker.BootstrapServers, topic,
            new { BatchSize = 3, MaximumBatchingWindowInSeconds = 2, MaximumRetryAttempts = 0, DestinationConfig = new { OnFailure = new { Destination = "kafka://" + failed } } });
        await EventSourceServer.UntilAsync(() => Task.FromResult(!server.Server.Worker.Requests.IsEmpty));
        await kafka.ProduceAsync(topic, 0, "next");
        await server.SettledAsync("next");
        await server.Server.DeployAsync("mourner");
        await server.MapAsync(kafka.Broker.BootstrapServers, failed, new { FunctionName = "mourner" });
        List<System.Text.Json.JsonElement> Failures() =>
            [.. server.Settled.Where(static value => value.StartsWith('{')).Select(static value => System.Text.Json.JsonDocument.Parse(value).RootElement)];
        string Offset(System.Text.Json.JsonElement failure) =>
            failure.GetProperty("KafkaBatchInfo").GetProperty("recordsInfo").GetProperty(topic + "-0").GetProperty("firstRecordOffset").GetString()!;
        await EventSourceServer.UntilAsync(() => Task.FromResult(Failures().Select(Offset).Distinct().Count() == 3));
        Assert.Equal(["0", "1", "2"], Failures().Select(Offset).Distinct().Order(StringComparer.Ordinal));
        foreach (var failure in Failures())
        {
            var isHuge = Offset(failure) == "1";
            Assert.Equal(!isHuge, failure.TryGetProperty("payload", out _));
            Assert.Equal(isHuge, failure.TryGetProperty("payloadOmitted", out _));
        }
    }

    [Fact]
    public async Task A_mapping_whose_destination_takes_nothing_says_so_and_goes_on_with_another_destination()
    {
        using var folder = new TempFolder();
        var (topic, failed, uuid) = (await kafka.NewTopicAsync(), await kafka.NewTopicAsync(), "");
        EventSourceOptions With(params string[] topics) =>
            kafka.Options with { Clusters = [kafka.Options.Clusters[0] with { FailureTopics = new() { ["*"] = topics } }] };
        await using (var first = await EventSourceServer.StartAsync(folder, With("taken-away"), deploys: false))
        {
            await first.Server.DeployAsync("theirs", DispatcherServer.OtherKey);
            uuid = await first.MapAsync(
                kafka.Broker.BootstrapServers, topic,
                new
                {
                    FunctionName = "theirs", BatchSize = 1, MaximumRetryAttempts = 0, Enabled = false,
                    DestinationConfig = new { OnFailure = new { Destination = "kafka://taken-away" } },
                },
                DispatcherServer.OtherKey);
        }

        await using var second = await EventSourceServer.StartAsync(folder, With(failed), deploys: false);
        second.Script = static values => values.Contains("bad") ? FakeWorker.Failed("bad record") : FakeWorker.Succeeded("null"u8.ToArray());
        await kafka.ProduceAsync(topic, 0, "bad", "next");
        await second.UpdateAsync(uuid, new { Enabled = true }, signer: DispatcherServer.OtherKey);
        await EventSourceServer.UntilAsync(async () => (await second.GetAsync(uuid, DispatcherServer.OtherKey)).GetProperty("LastProcessingResult").GetString()!
            .StartsWith("PROBLEM: kafka://taken-away does not take", StringComparison.Ordinal));
        Assert.Empty(second.Settled);
        await second.UpdateAsync(uuid, new { DestinationConfig = new { OnFailure = new { Destination = "kafka://" + failed } } }, signer: DispatcherServer.OtherKey);
        await second.SettledAsync("next");
    }

    [Fact]
    public async Task Batches_are_admitted_under_the_functions_reserved_concurrency_and_wait_while_it_is_stopped()
    {
        using var folder = new TempFolder();
        await using var server = await EventSourceServer.StartAsync(folder, kafka.Options);
        const string concurrency = "/2017-10-31/functions/consumer/concurrency";
        (await server.Server.SendAsync(HttpMethod.Put, concurrency, new { ReservedConcurrentExecutions = 0 })).ExpectOk();
        var topic = await kafka.NewTopicAsync();
        await kafka.ProduceAsync(topic, 0, "waits");
        var uuid = await server.MapAsync(kafka.Broker.BootstrapServers, topic);
        await EventSourceServer.UntilAsync(async () =>
            (await server.GetAsync(uuid)).GetProperty("LastProcessingResult").GetString()!.StartsWith("PROBLEM: Function consumer is stopped: its reserved concurrency is 0.", StringComparison.Ordinal));
        Assert.Empty(server.Server.Worker.Requests);
        (await server.Server.SendAsync(HttpMethod.Delete, concurrency)).ExpectOk();
        await server.SettledAsync("waits");
    }

    [Fact]
    public async Task A_deleted_mapping_lets_its_batch_finish_and_is_gone()
    {
        using var folder = new TempFolder();
        await using var server = await EventSourceServer.StartAsync(folder, kafka.Options);
        var (begun, end) = (new TaskCompletionSource(), new TaskCompletionSource());
        server.Server.Worker.Script = async (_, _, _) =>
        {
            begun.TrySetResult();
            await end.Task;
            return FakeWorker.Succeeded("null"u8.ToArray());
        };
        var topic = await kafka.NewTopicAsync();
        await kafka.ProduceAsync(topic, 0, "long");
        var uuid = await server.MapAsync(kafka.Broker.BootstrapServers, topic);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(60));
        var path = "/2015-03-31/event-source-mappings/" + uuid;
        Assert.Equal("Deleting", (await server.Server.SendAsync(HttpMethod.Delete, path)).Json.GetProperty("State").GetString());
        (await server.Server.SendAsync(HttpMethod.Delete, path)).ExpectError(400, "ResourceInUseException");
        (await server.Server.SendAsync(HttpMethod.Put, path, new { BatchSize = 2 })).ExpectError(400, "ResourceInUseException");
        end.SetResult();
        await EventSourceServer.UntilAsync(async () => (await server.Server.SendAsync(HttpMethod.Get, path)).Status == 404);
        Assert.Single(server.Server.Worker.Requests);
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_is_told_of_and_read_when_it_comes_back()
    {
        using var folder = new TempFolder();
        await using var broker = await KafkaBroker.StartAsync();
        var options = kafka.Options with { Clusters = [new EventSourceCluster { BootstrapServers = broker.BootstrapServers, Properties = KafkaBroker.ClientProperties }] };
        await using var server = await EventSourceServer.StartAsync(folder, options);
        const string topic = "esm-outage";
        await broker.CreateTopicAsync(topic, 1);
        await broker.KillAsync();
        var uuid = await server.MapAsync(broker.BootstrapServers, topic);
        Assert.Contains("PROBLEM: Connection error", (await server.GetAsync(uuid)).GetProperty("LastProcessingResult").GetString(), StringComparison.Ordinal);
        await broker.StartBrokerAsync();
        using (var producer = new Glue.Foundation.Kafka.KafkaClients(options.Clusters[0], static _ => { }).Producer())
        {
            await producer.ProduceAsync(topic, new Confluent.Kafka.Message<byte[]?, byte[]> { Value = "back"u8.ToArray() });
        }

        await server.SettledAsync("back");
    }

    [Fact]
    public async Task What_the_operator_has_for_a_cluster_goes_to_its_listed_servers_alone_and_to_topics_that_are_listed_for_the_account()
    {
        using var folder = new TempFolder();
        var cluster = kafka.Options.Clusters[0] with { FailureTopics = new() { ["111111111111"] = ["theirs.failed"] } };
        await using var server = await EventSourceServer.StartAsync(folder, kafka.Options with { Clusters = [cluster] });
        await server.Server.DeployAsync("theirs", DispatcherServer.OtherKey);
        Task<Answer> CreateAsync(string failed, Credential? key, params string[] servers) => server.Server.SendAsync(
            HttpMethod.Post, "/2015-03-31/event-source-mappings",
            new
            {
                FunctionName = key is null ? "consumer" : "theirs",
                Topics = new[] { "some-topic" },
                StartingPosition = "LATEST",
                Enabled = false,
                SelfManagedEventSource = new { Endpoints = new { KAFKA_BOOTSTRAP_SERVERS = servers } },
                DestinationConfig = new { OnFailure = new { Destination = "kafka://" + failed } },
            },
            key);
        foreach (var key in new[] { DispatcherServer.OtherKey, null })
        {
            Assert.Contains(
                "not listed there",
                (await CreateAsync("theirs.failed", key, kafka.Broker.BootstrapServers, "evil.example:9093")).ExpectError(400, "InvalidParameterValueException"),
                StringComparison.Ordinal);
        }

        Assert.Contains(
            "FailureTopics",
            (await CreateAsync("ours", DispatcherServer.OtherKey, kafka.Broker.BootstrapServers)).ExpectError(400, "InvalidParameterValueException"), StringComparison.Ordinal);
        var made = await CreateAsync("theirs.failed", DispatcherServer.OtherKey, kafka.Broker.BootstrapServers);
        Assert.True(made.Status == 202, made.Text);
        var changed = await server.Server.SendAsync(
            HttpMethod.Put, "/2015-03-31/event-source-mappings/" + made.Json.GetProperty("UUID").GetString(),
            new { DestinationConfig = new { OnFailure = new { Destination = "kafka://ours" } } }, DispatcherServer.OtherKey);
        Assert.Contains("FailureTopics", changed.ExpectError(400, "InvalidParameterValueException"), StringComparison.Ordinal);
        Assert.Equal(202, (await CreateAsync("ours", null, kafka.Broker.BootstrapServers)).Status);
    }

    [Fact]
    public async Task A_mapping_of_one_listed_server_is_connected_to_all_that_are_listed_with_it()
    {
        using var folder = new TempFolder();
        var cluster = kafka.Options.Clusters[0] with { BootstrapServers = $"127.0.0.1:1, {kafka.Broker.BootstrapServers}" };
        await using var server = await EventSourceServer.StartAsync(folder, kafka.Options with { Clusters = [cluster] });
        var topic = await kafka.NewTopicAsync();
        await kafka.ProduceAsync(topic, 0, "found");
        await server.MapAsync("127.0.0.1:1", topic);
        await server.SettledAsync("found");
    }

    [Fact]
    public async Task An_account_reads_from_clusters_that_the_operator_lists_for_it_and_from_no_other()
    {
        using var folder = new TempFolder();
        await using var server = await EventSourceServer.StartAsync(folder, kafka.Options);
        await server.Server.DeployAsync("theirs", DispatcherServer.OtherKey);
        Task<Answer> CreateAsync(string servers) => server.Server.SendAsync(
            HttpMethod.Post, "/2015-03-31/event-source-mappings",
            new
            {
                FunctionName = "theirs",
                Topics = new[] { "some-topic" },
                StartingPosition = "LATEST",
                Enabled = false,
                SelfManagedEventSource = new { Endpoints = new { KAFKA_BOOTSTRAP_SERVERS = new[] { servers } } },
            },
            DispatcherServer.OtherKey);
        Assert.Contains("Dispatcher:EventSources:Clusters", (await CreateAsync("10.0.0.1:9092")).ExpectError(400, "InvalidParameterValueException"), StringComparison.Ordinal);
        var uuid = (await CreateAsync(kafka.Broker.BootstrapServers)).Json.GetProperty("UUID").GetString();

        // And nobody else sees it.
        (await server.Server.SendAsync(HttpMethod.Get, "/2015-03-31/event-source-mappings/" + uuid)).ExpectError(404, "ResourceNotFoundException");
        Assert.Empty((await server.Server.SendAsync(HttpMethod.Get, "/2015-03-31/event-source-mappings")).Json.GetProperty("EventSourceMappings").EnumerateArray());
    }
}
