using System.Text;
using System.Text.Json;
using Glue.Contracts.Invocations;
using Glue.Dispatcher.Idempotency;
using Microsoft.Extensions.DependencyInjection;

namespace Glue.Dispatcher.FunctionalTests.Idempotency;

/// <summary>A second delivery of the same key is answered with the first one's outcome.</summary>
public sealed class IdempotencyTests : IDisposable
{
    private const string Arn = "arn:aws:lambda:us-east-1:000000000000:function:f";

    private readonly TempFolder _folder = new();
    private int _runs;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_repeated_call_gets_the_stored_answer_and_the_handler_does_not_run_and_so_it_is_after_a_restart()
    {
        string first;
        await using (var server = await StartAsync("$.order"))
        {
            var one = await CallAsync(server, """{"order":1,"try":1}""");
            var two = await CallAsync(server, """{"order":1,"try":2}""");
            var other = await CallAsync(server, """{"order":2}""");
            var without = (await CallAsync(server, """{"n":1}"""), await CallAsync(server, """{"n":1}"""));
            first = one.Headers["x-amzn-RequestId"];
            Assert.Equal(("run 1", "run 1", "run 2"), (Answer(one), Answer(two), Answer(other)));
            Assert.Equal(("run 3", "run 4"), (Answer(without.Item1), Answer(without.Item2))); // nothing there: no key
            Assert.Equal(first, two.Headers["x-glue-idempotent-repeat-of"]);
            Assert.False(one.Headers.ContainsKey("x-glue-idempotent-repeat-of"));
        }

        await using var next = await DispatcherServer.StartAsync(_folder, Quick);
        next.Worker.Script = Count;
        Assert.Equal("run 1", Answer(await CallAsync(next, """{"order":1}""")));
    }

    [Fact]
    public async Task A_queued_repeat_is_settled_by_the_first_ones_outcome_whichever_way_that_one_came()
    {
        await using var server = await StartAsync("event");
        var (called, queued) = (await CallAsync(server, """{"a":1}"""), await EnqueueAsync(server, """{"a":1}"""));
        var repeated = await EndOfAsync(server, queued);
        var first = await EndOfAsync(server, await EnqueueAsync(server, """{"a":2}"""));
        var second = await EndOfAsync(server, await EnqueueAsync(server, """{"a":2}"""));
        var answer = await CallAsync(server, """{"a":2}""");

        Assert.Equal(("succeeded", 0), (State(repeated), repeated.GetProperty("attempts").GetInt32()));
        Assert.Contains(called.Headers["x-amzn-RequestId"], repeated.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal((1, 0), (first.GetProperty("attempts").GetInt32(), second.GetProperty("attempts").GetInt32()));
        Assert.Equal("run 2", Answer(answer));
        Assert.Equal(2, Volatile.Read(ref _runs));
    }

    [Fact]
    public async Task Of_many_at_once_one_runs_and_all_get_its_outcome()
    {
        await using var server = await StartAsync("event");
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Worker.Script = async (version, request, token) =>
        {
            await release.Task.WaitAsync(TimeSpan.FromSeconds(30), token);
            return await Count(version, request, token);
        };
        var calls = Enumerable.Range(0, 5).Select(_ => CallAsync(server, """{"b":1}""")).ToList();
        var queued = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            queued.Add(await EnqueueAsync(server, """{"b":1}"""));
        }

        release.SetResult();
        Assert.All(await Task.WhenAll(calls), static answer => Assert.Equal("run 1", Answer(answer)));
        foreach (var id in queued)
        {
            Assert.Equal("succeeded", State(await EndOfAsync(server, id)));
        }

        Assert.Equal(1, Volatile.Read(ref _runs));
    }

    [Fact]
    public async Task A_failure_is_not_kept_so_that_the_retry_and_the_next_delivery_run()
    {
        await using var server = await StartAsync("event");
        var failures = 2;
        server.Worker.Script = (version, request, token) =>
            Interlocked.Decrement(ref failures) >= 0 ? Task.FromResult(FakeWorker.Failed("not yet")) : Count(version, request, token);
        Assert.True((await CallAsync(server, """{"c":1}""")).Headers.ContainsKey("X-Amz-Function-Error"));
        var end = await EndOfAsync(server, await EnqueueAsync(server, """{"c":1}"""));
        Assert.Equal(("succeeded", 2), (State(end), end.GetProperty("attempts").GetInt32()));
        Assert.Equal("run 1", Answer(await CallAsync(server, """{"c":1}""")));
    }

    [Fact]
    public async Task After_its_time_to_live_a_key_is_new_and_without_the_tag_there_is_none()
    {
        await using var server = await StartAsync("event", "1s");
        Assert.Equal("run 1", Answer(await CallAsync(server, """{"d":1}""")));
        var answer = "run 1";
        for (var i = 0; i < 100 && answer == "run 1"; i++)
        {
            await Task.Delay(50);
            answer = Answer(await CallAsync(server, """{"d":1}"""));
        }

        Assert.Equal("run 2", answer);
        (await server.SendAsync(HttpMethod.Delete, $"/2017-03-31/tags/{Uri.EscapeDataString(Arn)}?tagKeys=glue:idempotency")).ExpectOk();
        Assert.Equal(("run 3", "run 4"), (Answer(await CallAsync(server, """{"d":1}""")), Answer(await CallAsync(server, """{"d":1}"""))));
    }

    [Fact]
    public async Task A_success_that_cannot_be_written_is_kept_until_it_can_and_the_callers_repeat_gets_it_and_nothing_else_runs_meanwhile()
    {
        await using var server = await StartAsync("event");
        server.Worker.Script = (_, _, _) => Count(padding: 200_000);
        await server.LimitQueuePagesAsync(0);
        using var impatient = new CancellationTokenSource();
        var left = server.SendAsync(HttpMethod.Post, "/2015-03-31/functions/f/invocations", """{"e":1}""", cancellationToken: impatient.Token);
        var keeper = server.Services.GetRequiredService<OutcomeKeeper>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!keeper.IsFailing)
        {
            await Task.Delay(10, limit.Token);
        }

        var waits = CallAsync(server, """{"e":1}""");
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        Assert.Contains("nothing ran", (await CallAsync(server, """{"e":2}""")).ExpectError(503, "ServiceException"), StringComparison.Ordinal);
        await server.LimitQueuePagesAsync(1_000_000);
        Assert.StartsWith("run 1", Answer(await waits), StringComparison.Ordinal);
        Assert.StartsWith("run 1", Answer(await CallAsync(server, """{"e":1}""")), StringComparison.Ordinal);
        Assert.Equal(1, Volatile.Read(ref _runs));
        Assert.StartsWith("run 2", Answer(await CallAsync(server, """{"e":2}""")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tag_that_cannot_be_understood_is_refused_when_it_is_put()
    {
        await using var server = await StartAsync("off");
        Assert.Contains(
            "JSON paths", (await TagAsync(server, ("glue:idempotency", "order.id"))).ExpectError(400, "InvalidParameterValueException"), StringComparison.Ordinal);
        Assert.Contains(
            "1s to 365d", (await TagAsync(server, ("glue:idempotency-ttl", "soon"))).ExpectError(400, "InvalidParameterValueException"), StringComparison.Ordinal);
    }

    private static DispatcherOptions Quick(DispatcherOptions options) => options with
    {
        RetryDelays = [TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(10)], FirstBackoff = TimeSpan.FromMilliseconds(5), MaxBackoff = TimeSpan.FromMilliseconds(50),
    };

    private static string Answer(Answer answer) => answer.Json.GetString()!;

    private static string State(JsonElement row) => row.GetProperty("state").GetString()!;

    private static Task<Answer> CallAsync(DispatcherServer server, string payload) =>
        server.SendAsync(HttpMethod.Post, "/2015-03-31/functions/f/invocations", payload);

    private static async Task<string> EnqueueAsync(DispatcherServer server, string payload) =>
        (await server.SendAsync(HttpMethod.Post, "/2015-03-31/functions/f/invocations", payload, header: ("X-Amz-Invocation-Type", "Event"))).Headers["x-amzn-RequestId"];

    private static async Task<JsonElement> EndOfAsync(DispatcherServer server, string id) =>
        (await server.SendAsync(HttpMethod.Get, $"/glue/v1/invocations/{id}?wait=30")).Json;

    private static Task<Answer> TagAsync(DispatcherServer server, params (string Key, string Value)[] tags) => server.SendAsync(
        HttpMethod.Post, $"/2017-03-31/tags/{Uri.EscapeDataString(Arn)}", new { Tags = tags.ToDictionary(static tag => tag.Key, static tag => tag.Value) });

    private Task<InvokeOutcome> Count(Contracts.Functions.FunctionVersion version, InvokeRequest request, CancellationToken token) =>
        Count(padding: 0);

    private Task<InvokeOutcome> Count(int padding) =>
        Task.FromResult(FakeWorker.Succeeded(Encoding.UTF8.GetBytes($"\"run {Interlocked.Increment(ref _runs)}{new string(' ', padding)}\"")));

    private async Task<DispatcherServer> StartAsync(string rule, string ttl = "24h")
    {
        var server = await DispatcherServer.StartAsync(_folder, Quick);
        await server.DeployAsync("f");
        server.Worker.Script = Count;
        (await TagAsync(server, ("glue:idempotency", rule), ("glue:idempotency-ttl", ttl))).ExpectOk();
        return server;
    }
}
