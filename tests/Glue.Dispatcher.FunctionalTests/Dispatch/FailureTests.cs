using System.Text.Json;
using Glue.Contracts.Invocations;

namespace Glue.Dispatcher.FunctionalTests.Dispatch;

/// <summary>What a function's own settings make of failures: retries, age, destinations, recursion, redriving.</summary>
public sealed class FailureTests : IDisposable
{
    private const string Path = "/2019-09-25/functions/f/event-invoke-config";
    private const string Arn = "arn:aws:lambda:us-east-1:000000000000:function:";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_function_with_no_retries_is_tried_once_and_its_failure_told_to_the_destination_with_the_whole_story()
    {
        await using var server = await StartAsync();
        await server.DeployAsync("told");
        (await PutAsync(server, new { MaximumRetryAttempts = 0, DestinationConfig = new { OnFailure = new { Destination = Arn + "told" } } })).ExpectOk();
        server.Worker.Script = (version, _, _) => Task.FromResult(version.Name == "f" ? FakeWorker.Failed("it broke") : FakeWorker.Succeeded([]));
        var id = await EnqueueAsync(server);
        Assert.Equal(("dead", 1), await EndOfAsync(server, id));
        var told = await ToldAsync(server);
        Assert.Equal("RetriesExhausted", told.GetProperty("requestContext").GetProperty("condition").GetString());
        Assert.Equal((id, 1), (told.GetProperty("requestContext").GetProperty("requestId").GetString(), told.GetProperty("requestContext").GetProperty("approximateInvokeCount").GetInt32()));
        Assert.Equal(1, told.GetProperty("requestPayload").GetProperty("n").GetInt32());
        Assert.Equal("it broke", told.GetProperty("responsePayload").GetProperty("errorMessage").GetString());
        Assert.Equal("Unhandled", told.GetProperty("responseContext").GetProperty("functionError").GetString());
    }

    [Fact]
    public async Task A_success_is_told_with_the_answer_and_stands_one_deeper_in_the_chain_of_causes()
    {
        await using var server = await StartAsync();
        await server.DeployAsync("told");
        (await PutAsync(server, new { DestinationConfig = new { OnSuccess = new { Destination = Arn + "told" } } })).ExpectOk();
        await EndOfAsync(server, await EnqueueAsync(server, lineage: 3));
        var told = await ToldAsync(server);
        Assert.Equal("Success", told.GetProperty("requestContext").GetProperty("condition").GetString());
        Assert.Equal(1, told.GetProperty("responsePayload").GetProperty("n").GetInt32());
        Assert.Equal(4, server.Worker.Requests.Last().LineageDepth);
    }

    [Fact]
    public async Task What_nests_deep_or_is_no_text_is_told_as_it_is_and_harms_nobody()
    {
        await using var server = await StartAsync();
        await server.DeployAsync("told");
        (await PutAsync(server, new { DestinationConfig = new { OnSuccess = new { Destination = Arn + "told" } } })).ExpectOk();
        var deep = System.Text.Encoding.UTF8.GetBytes(new string('[', 900) + new string(']', 900));
        var answer = """{"half":"\ud800"}"""u8.ToArray();
        server.Worker.Script = (_, _, _) => Task.FromResult(FakeWorker.Succeeded(answer));
        Assert.Equal(("succeeded", 1), await EndOfAsync(server, await EnqueueAsync(server, payload: deep)));
        Assert.Equal("succeeded", (await server.SendAsync(HttpMethod.Get, "/glue/v1/invocations?function=told&wait=30")).Json.GetProperty("invocations")[0].GetProperty("state").GetString());
        var told = server.Worker.Requests.Last().Payload.Span;
        Assert.True(told.IndexOf(deep) > 0);
        Assert.True(told.IndexOf(answer) > 0);
        Assert.Equal(("succeeded", 1), await EndOfAsync(server, await EnqueueAsync(server)));
    }

    [Fact]
    public async Task A_function_that_is_told_of_its_own_failures_comes_to_an_end()
    {
        await using var server = await StartAsync();
        (await PutAsync(server, new { MaximumRetryAttempts = 0, DestinationConfig = new { OnFailure = new { Destination = Arn + "f" } } })).ExpectOk();
        server.Worker.Script = (_, _, _) => Task.FromResult(FakeWorker.Failed("always"));
        await EndOfAsync(server, await EnqueueAsync(server));

        // wait: until every match is settled, of which the last causes no other. Depths 0 to 32.
        var rows = (await server.SendAsync(HttpMethod.Get, "/glue/v1/invocations?function=f&limit=100&wait=30")).Json.GetProperty("invocations");
        Assert.Equal(33, rows.GetArrayLength());
        Assert.All(rows.EnumerateArray(), static row => Assert.Equal("dead", row.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task A_dead_letter_is_redriven_with_its_event_and_all_its_tries_once()
    {
        await using var server = await StartAsync();
        (await PutAsync(server, new { MaximumRetryAttempts = 0 })).ExpectOk();
        server.Worker.Script = (_, _, _) => Task.FromResult(FakeWorker.Failed("not yet"));
        var (one, other) = (await EnqueueAsync(server), await EnqueueAsync(server));
        Assert.Equal("dead", (await EndOfAsync(server, one)).State);
        Assert.Equal("dead", (await EndOfAsync(server, other)).State);
        server.Worker.Script = (_, request, _) => Task.FromResult(FakeWorker.Succeeded(request.Payload.ToArray()));
        Assert.Equal(1, (await server.SendAsync(HttpMethod.Post, $"/glue/v1/dead-letters/{one}/redrive")).Json.GetProperty("redriven").GetInt32());
        Assert.Equal(("succeeded", 2), await EndOfAsync(server, one));
        (await server.SendAsync(HttpMethod.Post, $"/glue/v1/dead-letters/{one}/redrive")).ExpectError(404, "ResourceNotFoundException");
        (await server.SendAsync(HttpMethod.Post, $"/glue/v1/dead-letters/{other}/redrive", signer: DispatcherServer.OtherKey)).ExpectError(404, "ResourceNotFoundException");
        Assert.Equal(1, (await server.SendAsync(HttpMethod.Post, "/glue/v1/dead-letters/redrive?function=f")).Json.GetProperty("redriven").GetInt32());
        Assert.Equal(("succeeded", 2), await EndOfAsync(server, other));
        Assert.Equal("""{"n":1}"""u8.ToArray(), server.Worker.Requests.Last().Payload.ToArray());
    }

    [Fact]
    public async Task A_function_whose_RecursiveLoop_is_Allow_runs_however_long_the_chain()
    {
        await using var server = await StartAsync();
        Assert.Equal("dead", (await EndOfAsync(server, await EnqueueAsync(server, lineage: 40))).State);
        var answer = await server.BotoAsync(
            """
            assert client.get_function_recursion_config(FunctionName='f')['RecursiveLoop'] == 'Terminate'
            assert client.put_function_recursion_config(FunctionName='f', RecursiveLoop='Allow')['RecursiveLoop'] == 'Allow'
            """);
        if (answer.Error.Contains("has no attribute 'get_function_recursion_config'", StringComparison.Ordinal))
        {
            (await server.SendAsync(HttpMethod.Put, "/2024-08-31/functions/f/recursion-config", new { RecursiveLoop = "Allow" })).ExpectOk(); // an older boto3
        }
        else
        {
            answer.Expect();
        }

        Assert.Equal("succeeded", (await EndOfAsync(server, await EnqueueAsync(server, lineage: 40))).State);
    }

    [Fact]
    public async Task Boto_puts_reads_updates_and_deletes_the_configuration()
    {
        await using var server = await StartAsync();
        (await server.BotoAsync(
            """
            name = {'FunctionName': 'f'}
            try:
                client.get_function_event_invoke_config(**name)
                raise SystemExit('there was none')
            except client.exceptions.ResourceNotFoundException as e:
                assert "doesn't have an EventInvokeConfig" in str(e), e
            put = client.put_function_event_invoke_config(**name, MaximumRetryAttempts=1, MaximumEventAgeInSeconds=60)
            assert (put['MaximumRetryAttempts'], put['MaximumEventAgeInSeconds']) == (1, 60) and put['FunctionArn'].endswith(':f:$LATEST'), put
            changed = client.update_function_event_invoke_config(**name, MaximumRetryAttempts=2)
            assert (changed['MaximumRetryAttempts'], changed['MaximumEventAgeInSeconds']) == (2, 60), changed
            assert client.list_function_event_invoke_configs(**name)['FunctionEventInvokeConfigs'][0]['MaximumRetryAttempts'] == 2
            replaced = client.put_function_event_invoke_config(**name, MaximumEventAgeInSeconds=120)
            assert 'MaximumRetryAttempts' not in replaced, replaced
            try:
                client.put_function_event_invoke_config(**name, DestinationConfig={'OnFailure': {'Destination': 'arn:aws:lambda:us-east-1:000000000000:function:none'}})
                raise SystemExit('was not refused')
            except client.exceptions.InvalidParameterValueException as e:
                assert 'destination ARN' in str(e), e
            client.delete_function_event_invoke_config(**name)
            """)).Expect();
    }

    [Fact]
    public async Task An_event_that_waits_for_room_ends_at_its_maximum_age_and_its_destination_hears_while_what_runs_goes_on()
    {
        await using var server = await StartAsync();
        await server.DeployAsync("told");
        (await PutAsync(server, new { MaximumEventAgeInSeconds = 3600, DestinationConfig = new { OnFailure = new { Destination = Arn + "told" } } })).ExpectOk();
        (await server.SendAsync(HttpMethod.Put, "/2017-10-31/functions/f/concurrency", new { ReservedConcurrentExecutions = 1 })).ExpectOk();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var started = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Worker.Script = async (version, request, token) =>
        {
            if (version.Name == "f")
            {
                started.TrySetResult(request.RequestId);
                await release.Task.WaitAsync(token);
            }

            return FakeWorker.Succeeded([]);
        };
        var first = await EnqueueAsync(server);
        Assert.Equal(first, await started.Task.WaitAsync(TimeSpan.FromSeconds(60)));
        var waiting = await EnqueueAsync(server, age: TimeSpan.FromHours(2)); // f has no room for it
        Assert.Equal(("dead", 0), await EndOfAsync(server, waiting));
        var told = await ToldAsync(server);
        Assert.Equal("EventAgeExceeded", told.GetProperty("requestContext").GetProperty("condition").GetString());
        Assert.Equal(waiting, told.GetProperty("requestContext").GetProperty("requestId").GetString());
        release.SetResult();
        Assert.Equal(("succeeded", 1), await EndOfAsync(server, first));
    }

    private static Task<Answer> PutAsync(DispatcherServer server, object config) => server.SendAsync(HttpMethod.Put, Path, config);

    private static async Task<JsonElement> ToldAsync(DispatcherServer server)
    {
        var rows = (await server.SendAsync(HttpMethod.Get, "/glue/v1/invocations?function=told&wait=30")).Json.GetProperty("invocations");
        Assert.Equal("succeeded", rows[0].GetProperty("state").GetString());
        return JsonSerializer.Deserialize<JsonElement>(server.Worker.Requests.Last().Payload.Span);
    }

    private static async Task<string> EnqueueAsync(DispatcherServer server, int lineage = 0, byte[]? payload = null, TimeSpan age = default)
    {
        var id = Guid.NewGuid().ToString();
        await server.Queue.EnqueueAsync(
            [
                new Invocation
                {
                    Id = id, AccountId = DispatcherServer.Account, FunctionName = "f", Payload = payload ?? """{"n":1}"""u8.ToArray(), LineageDepth = lineage,
                    AcceptedAt = TimeProvider.System.GetUtcNow() - age,
                },
            ], default);
        return id;
    }

    private static async Task<(string State, int Attempts)> EndOfAsync(DispatcherServer server, string id)
    {
        var entry = (await server.SendAsync(HttpMethod.Get, $"/glue/v1/invocations/{id}?wait=30")).Json;
        return (entry.GetProperty("state").GetString()!, entry.GetProperty("attempts").GetInt32());
    }

    private async Task<DispatcherServer> StartAsync()
    {
        var server = await DispatcherServer.StartAsync(_folder, static options => options with { RetryDelays = [TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(10)] });
        await server.DeployAsync("f");
        return server;
    }
}
