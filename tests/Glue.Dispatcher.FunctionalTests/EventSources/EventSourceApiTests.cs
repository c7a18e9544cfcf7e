using Glue.Dispatcher.FunctionalTests.LambdaApi;

namespace Glue.Dispatcher.FunctionalTests.EventSources;

/// <summary>The five actions as boto3 and aws drive them; no broker is needed for what is not enabled.</summary>
public sealed class EventSourceApiTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Path = "/2015-03-31/event-source-mappings";

    private DispatcherServer Server => shared.Server;

    [Theory]
    [InlineData("selfManagedEventSource.endpoints", 20_000_000, "\"StartingPosition\":\"LATEST\",\"SelfManagedEventSource\":{\"Endpoints\":{\"KAFKA_BOOTSTRAP_SERVERS\":[\"", "!\"]}}")]
    [InlineData("topics", 1_000, "\"Topics\":[\"t", "!\"]")]
    [InlineData("selfManagedKafkaEventSourceConfig.consumerGroupId", 1_000, "\"SelfManagedKafkaEventSourceConfig\":{\"ConsumerGroupId\":\"", "!\"}")]
    public async Task A_field_that_is_far_too_long_is_refused_for_that_and_no_pattern_is_tried(string field, int repeats, string before, string behind)
    {
        var body = $"{{\"FunctionName\":\"fixed\",\"Enabled\":false,{(field == "topics" ? "" : "\"Topics\":[\"topic\"],")}{before}{string.Concat(Enumerable.Repeat("z-.", repeats))}{behind}}}";
        var answer = await Server.SendAsync(HttpMethod.Post, Path, body);
        Assert.Equal((400, "ValidationException"), (answer.Status, answer.ErrorType));
        Assert.Matches($"^1 validation error detected: Value '.{{200}}…' at '{field}' failed to satisfy constraint: Member must have length less than or equal to [0-9]+$", answer.Json.GetProperty("Message").GetString());
    }

    [Fact]
    public async Task Boto3_creates_reads_lists_changes_tags_and_deletes_a_mapping()
    {
        var result = await Server.BotoAsync(VersionTests.Helpers + """
            import datetime
            made = make('esm', Publish=True)
            source = lambda topic: dict(Topics=[topic], SelfManagedEventSource={'Endpoints': {'KAFKA_BOOTSTRAP_SERVERS': ['127.0.0.1:1', 'b.example:9092']}})
            filters = {'Filters': [{'Pattern': '{"value":{"a":[1]}}'}]}
            one = client.create_event_source_mapping(FunctionName='esm', StartingPosition='AT_TIMESTAMP', StartingPositionTimestamp=datetime.datetime(2026, 1, 1),
                Enabled=False, FilterCriteria=filters, SelfManagedKafkaEventSourceConfig={'ConsumerGroupId': 'mine'}, **source('t1'))
            assert one['ResponseMetadata']['HTTPStatusCode'] == 202
            assert one['State'] == 'Creating' and one['FunctionArn'] == made['FunctionArn'] and one['BatchSize'] == 100 and one['Topics'] == ['t1'], one
            uuid = one['UUID']
            got = client.get_event_source_mapping(UUID=uuid)
            assert (got['State'], got['StartingPosition'], got['StartingPositionTimestamp'].timestamp()) == ('Disabled', 'AT_TIMESTAMP', datetime.datetime(2026, 1, 1).timestamp()), got
            assert got['LastProcessingResult'] == 'No records processed' and got['FilterCriteria'] == filters
            assert got['SelfManagedEventSource'] == source('t1')['SelfManagedEventSource'] and got['SelfManagedKafkaEventSourceConfig'] == {'ConsumerGroupId': 'mine'}
            refused(x.ResourceConflictException, uuid, client.create_event_source_mapping, FunctionName='esm', StartingPosition='LATEST', Enabled=False, **source('t1'))
            refused(x.ResourceConflictException, uuid, client.create_event_source_mapping, FunctionName='esm', StartingPosition='LATEST', Enabled=False,
                SelfManagedKafkaEventSourceConfig={'ConsumerGroupId': 'mine'}, **source('t2'))
            two = client.create_event_source_mapping(FunctionName='esm:1', StartingPosition='LATEST', Enabled=False, BatchSize=10000, MaximumBatchingWindowInSeconds=300, **source('t1'))
            assert two['FunctionArn'] == made['FunctionArn'] + ':1' and two['SelfManagedKafkaEventSourceConfig']['ConsumerGroupId'] == two['UUID']
            pages = client.get_paginator('list_event_source_mappings').paginate(FunctionName='esm', PaginationConfig={'PageSize': 1})
            assert sorted(m['UUID'] for p in pages for m in p['EventSourceMappings']) == sorted([uuid, two['UUID']])
            assert [m['UUID'] for m in client.list_event_source_mappings(FunctionName='esm:1')['EventSourceMappings']] == [two['UUID']]
            refused(x.ResourceNotFoundException, 'nobody', client.list_event_source_mappings, FunctionName='nobody')
            changed = client.update_event_source_mapping(UUID=uuid, FunctionName='esm:1', BatchSize=5, FilterCriteria={}, MaximumRetryAttempts=3, MaximumRecordAgeInSeconds=60,
                BisectBatchOnFunctionError=True, FunctionResponseTypes=['ReportBatchItemFailures'], DestinationConfig={'OnFailure': {'Destination': made['FunctionArn']}})
            assert changed['ResponseMetadata']['HTTPStatusCode'] == 202
            got = client.get_event_source_mapping(UUID=uuid)
            assert (got['BatchSize'], got['MaximumRetryAttempts'], got['MaximumRecordAgeInSeconds'], got['BisectBatchOnFunctionError'], got['FunctionResponseTypes']) == (5, 3, 60, True, ['ReportBatchItemFailures'])
            assert 'FilterCriteria' not in got and got['FunctionArn'][-2:] == ':1' and got['DestinationConfig']['OnFailure']['Destination'] == made['FunctionArn'], got
            assert got['LastModified'] > one['LastModified']
            client.update_event_source_mapping(UUID=uuid, MaximumRetryAttempts=-1, FunctionResponseTypes=[], DestinationConfig={})
            got = client.get_event_source_mapping(UUID=uuid)
            assert (got['BatchSize'], got['MaximumRetryAttempts'], got['FunctionResponseTypes'], got['DestinationConfig']['OnFailure']) == (5, -1, [], {})
            arn = f'arn:aws:lambda:us-east-1:000000000000:event-source-mapping:{uuid}'
            client.tag_resource(Resource=arn, Tags={'more': 'y', 'team': 'x'})
            client.untag_resource(Resource=arn, TagKeys=['team'])
            assert client.list_tags(Resource=arn)['Tags'] == {'more': 'y'}
            assert client.delete_event_source_mapping(UUID=uuid)['State'] == 'Deleting'
            for _ in range(3000):
                try: client.get_event_source_mapping(UUID=uuid)
                except x.ResourceNotFoundException: break
                import time; time.sleep(0.02)
            else: raise AssertionError('it stays')
            refused(x.ResourceNotFoundException, 'does not exist', client.delete_event_source_mapping, UUID=uuid)
            refused(x.ResourceNotFoundException, 'does not exist', client.list_tags, Resource=arn)
            print('good')
            """);
        Assert.Equal("good\n", result.Expect());
    }

    [Fact]
    public async Task A_mapping_outlives_the_dispatcher()
    {
        using var folder = new TempFolder();
        string uuid, before;
        await using (var first = await DispatcherServer.StartAsync(folder))
        {
            await first.DeployAsync("kept");
            uuid = (await first.SendAsync(HttpMethod.Post, Path, New(("FunctionName", "kept"), ("Tags", new { a = "b" }), ("FilterCriteria", new { Filters = new[] { new { Pattern = """{"key":["k"]}""" } } }))))
                .Json.GetProperty("UUID").GetString()!;
            before = (await first.SendAsync(HttpMethod.Get, $"{Path}/{uuid}")).Text;
        }

        await using var second = await DispatcherServer.StartAsync(folder);
        Assert.Equal(before, (await second.SendAsync(HttpMethod.Get, $"{Path}/{uuid}")).Text);
        Assert.Equal("b", (await second.SendAsync(HttpMethod.Get, $"/2017-03-31/tags/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Aevent-source-mapping%3A{uuid}")).Json.GetProperty("Tags").GetProperty("a").GetString());
    }

    public static TheoryData<string, object?, string, string> Wrong() => new()
    {
        { "FunctionName", null, "ValidationException", "functionName" },
        { "FunctionName", "a b", "ValidationException", "functionName" },
        { "BatchSize", 0, "ValidationException", "batchSize" },
        { "BatchSize", 10_001, "ValidationException", "batchSize" },
        { "MaximumBatchingWindowInSeconds", 301, "ValidationException", "maximumBatchingWindowInSeconds" },
        { "MaximumRetryAttempts", 10_001, "ValidationException", "maximumRetryAttempts" },
        { "MaximumRecordAgeInSeconds", -2, "ValidationException", "maximumRecordAgeInSeconds" },
        { "StartingPosition", "NEWEST", "ValidationException", "startingPosition" },
        { "StartingPosition", null, "InvalidParameterValueException", "StartingPosition is required" },
        { "StartingPosition", "AT_TIMESTAMP", "InvalidParameterValueException", "StartingPositionTimestamp" },
        { "StartingPositionTimestamp", 1e300, "InvalidParameterValueException", "StartingPositionTimestamp" },
        { "Topics", null, "InvalidParameterValueException", "Topics" },
        { "Topics", new[] { "a1", "b1" }, "InvalidParameterValueException", "Topics" },
        { "Topics", new[] { "a b" }, "ValidationException", "topics" },
        { "Topics", new string?[] { null }, "ValidationException", "topics" },
        { "SelfManagedEventSource", null, "InvalidParameterValueException", "Unrecognized event source" },
        { "SelfManagedEventSource", new { Endpoints = new { } }, "InvalidParameterValueException", "KAFKA_BOOTSTRAP_SERVERS" },
        { "SelfManagedEventSource", new { Endpoints = new { KAFKA_BOOTSTRAP_SERVERS = Array.Empty<string>() } }, "InvalidParameterValueException", "KAFKA_BOOTSTRAP_SERVERS" },
        { "SelfManagedEventSource", new { Endpoints = new { KAFKA_BOOTSTRAP_SERVERS = new[] { "no port" } } }, "ValidationException", "selfManagedEventSource" },
        { "SelfManagedEventSource", new { Endpoints = new { KAFKA_BOOTSTRAP_SERVERS = new[] { "a:1,b:2" } } }, "ValidationException", "selfManagedEventSource" },
        { "EventSourceArn", "arn:aws:sqs:us-east-1:000000000000:q", "InvalidParameterValueException", "Unrecognized event source" },
        { "FilterCriteria", new { Filters = new[] { new { Pattern = "{" } } }, "InvalidParameterValueException", "Invalid filter pattern definition" },
        { "FilterCriteria", new { Filters = new object?[] { null } }, "ValidationException", "filterCriteria" },
        { "FilterCriteria", new { Filters = Enumerable.Repeat(new { Pattern = """{"a":[1]}""" }, 11).ToArray() }, "InvalidParameterValueException", "at most 10" },
        { "FunctionResponseTypes", new[] { "All" }, "ValidationException", "functionResponseTypes" },
        { "SourceAccessConfigurations", new[] { new { Type = "SASL_SCRAM_512_AUTH", URI = "arn:aws:secretsmanager:us-east-1:000000000000:secret:s" } }, "InvalidParameterValueException", "Dispatcher:EventSources:Clusters" },
        { "TumblingWindowInSeconds", 5, "InvalidParameterValueException", "TumblingWindowInSeconds" },
        { "ParallelizationFactor", 2, "InvalidParameterValueException", "ParallelizationFactor" },
        { "KMSKeyArn", "arn:aws:kms:us-east-1:000000000000:key/k", "InvalidParameterValueException", "KMSKeyArn" },
        { "DestinationConfig", new { OnFailure = new { Destination = "arn:aws:sqs:us-east-1:000000000000:q" } }, "InvalidParameterValueException", "not supported here" },
        { "DestinationConfig", new { OnFailure = new { Destination = "kafka://topic1" } }, "InvalidParameterValueException", "another one" },
        { "SelfManagedKafkaEventSourceConfig", new { ConsumerGroupId = "a b" }, "ValidationException", "consumerGroupId" },
        { "Tags", new Dictionary<string, string> { ["aws:x"] = "y" }, "InvalidParameterValueException", "aws:" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_wrong_field_is_named(string field, object? value, string type, string says)
    {
        var body = New((field, value));
        Assert.Contains(says, (await Server.SendAsync(HttpMethod.Post, Path, body)).ExpectError(400, type), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_that_is_not_there_or_another_accounts_is_refused()
    {
        (await Server.SendAsync(HttpMethod.Post, Path, New(("FunctionName", "nobody")))).ExpectError(404, "ResourceNotFoundException");
        (await Server.SendAsync(HttpMethod.Post, Path, New(("FunctionName", "111111111111:function:fixed")))).ExpectError(403, "AccessDeniedException");
        (await Server.SendAsync(HttpMethod.Get, Path + "/nothing")).ExpectError(404, "ResourceNotFoundException");
        (await Server.SendAsync(HttpMethod.Put, Path + "/nothing", new { })).ExpectError(404, "ResourceNotFoundException");
        (await Server.SendAsync(HttpMethod.Get, Path + "?MaxItems=0")).ExpectError(400, "ValidationException");
    }

    private static Dictionary<string, object?> New(params (string Field, object? Value)[] changes)
    {
        var body = new Dictionary<string, object?>
        {
            ["FunctionName"] = "fixed",
            ["Topics"] = new[] { "topic1" },
            ["StartingPosition"] = "LATEST",
            ["Enabled"] = false,
            ["SelfManagedEventSource"] = new { Endpoints = new { KAFKA_BOOTSTRAP_SERVERS = new[] { "127.0.0.1:1" } } },
        };
        foreach (var (field, value) in changes)
        {
            body[field] = value;
        }

        return body;
    }
}
