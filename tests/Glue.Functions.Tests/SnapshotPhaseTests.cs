using Glue.Functions.Http;
using Glue.Functions.Runtime;

namespace Glue.Functions.Tests;

public sealed class SnapshotPhaseTests
{
    private const string Accepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";

    [Fact]
    public async Task The_sandboxs_own_events_are_answered_without_the_handler_hooks_run_around_the_restore_and_the_next_event_is_the_functions()
    {
        await using var server = new ScriptedServer(
            [Event("glue-ping", "{}"), Accepted, Event("glue-before-snapshot", "{}"), Accepted, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Event("real", "1")]);
        using var api = new RuntimeApiClient(new HttpConnection(HttpEndpoint.Parse(server.Address)));
        var ran = new List<string>();
        SnapshotRestore.RegisterBeforeSnapshot(() => Ran("before 1"));
        SnapshotRestore.RegisterBeforeSnapshot(() => Ran("before 2"));
        SnapshotRestore.RegisterAfterRestore(() => Ran("after 1"));
        SnapshotRestore.RegisterAfterRestore(() => Ran("after 2"));
        var phase = new SnapshotPhase(api);

        Assert.True(await phase.TakeAsync(api.Next(offersInternalEvents: true)));
        Assert.True(await phase.TakeAsync(api.Next(offersInternalEvents: true)));
        Assert.False(await phase.TakeAsync(api.Next()));

        Assert.Equal(["before 2", "before 1", "after 1", "after 2"], ran);
        Assert.Equal(
            ["GET /2018-06-01/runtime/invocation/next", "POST /2018-06-01/runtime/invocation/glue-ping/response", "GET /2018-06-01/runtime/invocation/next",
                "POST /2018-06-01/runtime/invocation/glue-before-snapshot/response", "GET /2018-06-01/runtime/restore/next", "GET /2018-06-01/runtime/invocation/next"],
            server.Requests.Select(each => each.Split(" HTTP/1.1")[0]));
        Assert.Contains("Glue-Internal-Events: 1", server.Requests[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Glue-Internal-Events", server.Requests[5], StringComparison.Ordinal);

        ValueTask Ran(string what)
        {
            ran.Add(what);
            return ValueTask.CompletedTask;
        }
    }

    private static string Event(string id, string body) =>
        $"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: {id}\r\nContent-Length: {body.Length}\r\n\r\n{body}";
}
