using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Glue.Contracts.Invocations;

namespace Glue.Dispatcher.FunctionalTests.Dispatch;

/// <summary>From the queue through a scripted worker to the ledger, as a user sees it through the API.</summary>
public sealed class DispatchTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_event_invocation_is_answered_202_run_once_and_found_in_the_ledger()
    {
        await using var server = await StartAsync();
        var sent = await server.SendAsync(
            HttpMethod.Post, "/2015-03-31/functions/f/invocations", """{"n":1}""", header: ("X-Amz-Invocation-Type", "Event"));
        Assert.Equal((202, 0), (sent.Status, sent.Body.Length));
        var entry = await OutcomeAsync(server, sent.Headers["x-amzn-RequestId"]);
        Assert.Equal("succeeded", entry.GetProperty("state").GetString());
        Assert.Equal(("warm", 7d), (entry.GetProperty("start").GetString(), entry.GetProperty("durationMs").GetDouble()));
        var request = Assert.Single(server.Worker.Requests);
        Assert.Equal((sent.Headers["x-amzn-RequestId"], """{"n":1}"""), (request.RequestId, Encoding.UTF8.GetString(request.Payload.Span)));
        Assert.Equal("arn:aws:lambda:us-east-1:000000000000:function:f", request.InvokedFunctionArn);
    }

    [Fact]
    public async Task A_function_that_fails_is_tried_three_times_and_dead_lettered_with_its_error_and_last_log()
    {
        await using var server = await StartAsync();
        server.Worker.Script = (_, _, _) => Task.FromResult(FakeWorker.Failed("cannot read picture", "last words\n"));
        var id = await EnqueueAsync(server);
        var entry = await OutcomeAsync(server, id);
        Assert.Equal(("dead", 3), (entry.GetProperty("state").GetString(), entry.GetProperty("attempts").GetInt32()));
        Assert.Equal("cannot read picture", entry.GetProperty("error").GetProperty("errorMessage").GetString());
        Assert.Equal("last words\n", entry.GetProperty("logTail").GetString());
        Assert.Equal(1, entry.GetProperty("event").GetProperty("n").GetInt32());
        Assert.All(server.Worker.Requests, request => Assert.Equal(id, request.RequestId));
    }

    [Fact]
    public async Task What_could_not_run_is_tried_again_without_costing_a_retry()
    {
        await using var server = await StartAsync();
        var tries = 0;
        server.Worker.Script = (_, request, _) => Interlocked.Increment(ref tries) switch
        {
            <= 3 => Task.FromResult(FakeWorker.NotRun("no memory left")),
            4 => throw new InvalidOperationException("a defect of the worker"),
            <= 6 => Task.FromResult(FakeWorker.Failed("not yet")),
            _ => Task.FromResult(FakeWorker.Succeeded(request.Payload.ToArray())),
        };
        var entry = await OutcomeAsync(server, await EnqueueAsync(server));
        Assert.Equal(("succeeded", 3), (entry.GetProperty("state").GetString(), entry.GetProperty("attempts").GetInt32()));
    }

    [Fact]
    public async Task An_invocation_of_a_function_that_is_gone_is_dead_lettered_with_the_reason()
    {
        await using var server = await StartAsync();
        var id = await EnqueueAsync(server, invocation => invocation with { FunctionName = "nobody" });
        var entry = await OutcomeAsync(server, id);
        Assert.Equal("dead", entry.GetProperty("state").GetString());
        Assert.Contains("'nobody' does not exist", entry.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chain_of_sixteen_is_stopped_unrun_and_a_shorter_one_is_told_its_depth()
    {
        await using var server = await StartAsync();
        var dead = await OutcomeAsync(server, await EnqueueAsync(server, invocation => invocation with
        {
            LineageDepth = 16,
            Source = new InvocationSource("s3", "thumbs", "pictures", "a.jpg"),
        }));
        Assert.Contains("rule 'thumbs' of bucket 'pictures'", dead.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Empty(server.Worker.Requests);
        await OutcomeAsync(server, await EnqueueAsync(server, invocation => invocation with { LineageDepth = 15 }));
        Assert.Equal(15, Assert.Single(server.Worker.Requests).LineageDepth);
    }

    [Fact]
    public async Task No_more_than_the_configured_number_run_at_once_and_a_slow_function_does_not_hold_another()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(options => options with { MaxAsyncInvocations = 4 });
        await server.DeployAsync("slow");
        var (running, most) = (0, 0);
        server.Worker.Script = async (version, request, _) =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref running));
            if (version.Name == "slow" && request.RequestId != "slow-last")
            {
                await release.Task;
            }

            Interlocked.Decrement(ref running);
            return FakeWorker.Succeeded([]);
        };
        await server.Queue.EnqueueAsync([.. Enumerable.Range(0, 3).Select(i => New($"slow{i}") with { FunctionName = "slow" })], default);
        await server.Queue.EnqueueAsync([.. Enumerable.Range(0, 50).Select(i => New($"quick{i}"))], default);
        await OutcomeAsync(server, "quick49");
        Assert.Equal("running", (await LookAsync(server, "slow0")).GetProperty("state").GetString());
        release.SetResult();
        await OutcomeAsync(server, "slow2");
        Assert.InRange(most, 1, 4);
    }

    [Fact]
    public async Task Events_whose_qualifier_has_no_room_wait_untouched_and_in_order_and_do_not_stand_before_those_whose_qualifier_has_it()
    {
        await using var server = await StartAsync();
        await DoAsync(server, HttpMethod.Put, "/2017-10-31/functions/f/concurrency", new { ReservedConcurrentExecutions = 1 });
        await DoAsync(server, HttpMethod.Post, "/2015-03-31/functions/f/versions", new { });
        await DoAsync(server, HttpMethod.Post, "/2015-03-31/functions/f/aliases", new { Name = "live", FunctionVersion = "1" });
        await DoAsync(server, HttpMethod.Put, "/2019-09-30/functions/f/provisioned-concurrency?Qualifier=live", new { ProvisionedConcurrentExecutions = 1 });

        var ran = new ConcurrentQueue<string>();
        server.Worker.Script = (_, request, _) =>
        {
            ran.Enqueue(request.RequestId);
            return Task.FromResult(FakeWorker.Succeeded([]));
        };
        string[] latest = [.. Enumerable.Range(0, 50).Select(static i => $"latest{i}")];
        string[] live = [.. Enumerable.Range(0, 5).Select(static i => $"live{i}")];
        await server.Queue.EnqueueAsync([.. latest.Select(New)], default);
        await server.Queue.EnqueueAsync([.. live.Select(static id => New(id) with { Qualifier = "live" })], default);
        await OutcomeAsync(server, live[^1]);
        foreach (var id in latest)
        {
            var waiting = await LookAsync(server, id);
            Assert.Equal("queued", waiting.GetProperty("state").GetString());
            Assert.False(waiting.TryGetProperty("reason", out var reason) && reason.ValueKind != JsonValueKind.Null, $"{id} was taken and postponed: {waiting}");
        }

        await DoAsync(server, HttpMethod.Delete, "/2019-09-30/functions/f/provisioned-concurrency?Qualifier=live", body: null);
        await OutcomeAsync(server, latest[^1]);
        Assert.Equal([.. live, .. latest], ran);
    }

    [Fact]
    public async Task A_backlog_behind_a_reserved_concurrency_is_taken_no_faster_than_it_may_run_so_nothing_of_it_is_postponed()
    {
        await using var server = await StartAsync(options => options with { FirstBackoff = TimeSpan.FromHours(1), MaxBackoff = TimeSpan.FromHours(1) }); // who is postponed once does not run today
        await DoAsync(server, HttpMethod.Put, "/2017-10-31/functions/f/concurrency", new { ReservedConcurrentExecutions = 2 });
        var (running, most) = (0, 0);
        server.Worker.Script = async (_, _, token) =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref running));
            await Task.Delay(TimeSpan.FromMilliseconds(5), token);
            Interlocked.Decrement(ref running);
            return FakeWorker.Succeeded([]);
        };
        string[] ids = [.. Enumerable.Range(0, 200).Select(static i => $"e{i}")];
        await server.Queue.EnqueueAsync([.. ids.Select(New)], default);
        foreach (var id in ids)
        {
            await OutcomeAsync(server, id);
        }

        Assert.InRange(most, 1, 2);
        Assert.Equal(200, server.Worker.Requests.Count);
    }

    [Fact]
    public async Task What_runs_at_a_stop_is_given_back_after_the_drain_time_and_runs_in_the_next_life()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        string id;
        await using (var server = await StartAsync())
        {
            server.Worker.Script = async (_, _, token) =>
            {
                started.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
                return FakeWorker.Succeeded([]);
            };
            id = await EnqueueAsync(server);
            await started.Task.WaitAsync(TimeSpan.FromSeconds(20));
        }

        await using var next = await DispatcherServer.StartAsync(_folder, Quick);
        var entry = await OutcomeAsync(next, id);
        Assert.Equal(("succeeded", 1), (entry.GetProperty("state").GetString(), entry.GetProperty("attempts").GetInt32()));
    }

    [Fact]
    public async Task A_long_run_keeps_its_lease()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(options => options with { LeaseTime = TimeSpan.FromSeconds(1) });
        server.Worker.Script = async (_, _, token) =>
        {
            await release.Task.WaitAsync(TimeSpan.FromSeconds(30), token);
            return FakeWorker.Succeeded([]);
        };
        var id = await EnqueueAsync(server);
        var waited = await server.SendAsync(HttpMethod.Get, $"/glue/v1/invocations/{id}?wait=2");
        Assert.Equal("running", waited.Json.GetProperty("state").GetString());
        release.SetResult();
        var entry = await OutcomeAsync(server, id);
        Assert.Equal(("succeeded", 1), (entry.GetProperty("state").GetString(), entry.GetProperty("attempts").GetInt32()));
        Assert.Single(server.Worker.Requests);
    }

    [Fact]
    public async Task A_full_disk_is_told_to_the_caller_and_what_was_accepted_runs_once_there_is_room_again()
    {
        await using var server = await StartAsync();
        var payload = $"\"{new string('x', 200_000)}\"";
        var accepted = new List<string>();
        await server.LimitQueuePagesAsync(200);
        while (true)
        {
            var answer = await server.SendAsync(
                HttpMethod.Post, "/2015-03-31/functions/f/invocations", payload, header: ("X-Amz-Invocation-Type", "Event"));
            if (answer.Status != 202)
            {
                Assert.Contains("database or disk is full", answer.ExpectError(500, "ServiceException"), StringComparison.Ordinal);
                break;
            }

            accepted.Add(answer.Headers["x-amzn-RequestId"]);
            server.Worker.Script = (_, _, _) => Task.FromResult(FakeWorker.Failed(new string('e', 100_000))); // settlements need room, too
        }

        server.Worker.Script = (_, request, _) => Task.FromResult(FakeWorker.Succeeded(request.Payload.ToArray()));
        await server.LimitQueuePagesAsync(100_000);
        foreach (var id in accepted)
        {
            await OutcomeAsync(server, id);
        }
    }

    private static DispatcherOptions Quick(DispatcherOptions options) => options with
    {
        RetryDelays = [TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(20)],
        FirstBackoff = TimeSpan.FromMilliseconds(5),
    };

    private static Invocation New(string id) => new()
    {
        Id = id,
        AccountId = DispatcherServer.Account,
        FunctionName = "f",
        Payload = """{"n":1}"""u8.ToArray(),
        AcceptedAt = TimeProvider.System.GetUtcNow(),
    };

    private static async Task<string> EnqueueAsync(DispatcherServer server, Func<Invocation, Invocation>? change = null)
    {
        var invocation = New(Guid.NewGuid().ToString());
        await server.Queue.EnqueueAsync([change?.Invoke(invocation) ?? invocation], default);
        return invocation.Id;
    }

    private static async Task DoAsync(DispatcherServer server, HttpMethod method, string path, object? body)
    {
        var answer = await server.SendAsync(method, path, body);
        Assert.True(answer.Status is >= 200 and < 300, answer.Text);
    }

    private static async Task<JsonElement> OutcomeAsync(DispatcherServer server, string id)
    {
        var entry = (await server.SendAsync(HttpMethod.Get, $"/glue/v1/invocations/{id}?wait=30")).Json;
        Assert.True(entry.TryGetProperty("state", out var state) && state.GetString() is "succeeded" or "dead", entry.ToString());
        return entry;
    }

    private static async Task<JsonElement> LookAsync(DispatcherServer server, string id) =>
        (await server.SendAsync(HttpMethod.Get, $"/glue/v1/invocations/{id}")).Json;

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }

    private async Task<DispatcherServer> StartAsync(Func<DispatcherOptions, DispatcherOptions>? configure = null)
    {
        var server = await DispatcherServer.StartAsync(_folder, options => configure?.Invoke(Quick(options)) ?? Quick(options));
        await server.DeployAsync("f");
        return server;
    }
}
