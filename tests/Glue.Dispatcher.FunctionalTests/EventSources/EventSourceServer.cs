using System.Collections.Concurrent;
using System.Text.Json;
using Glue.Contracts.Invocations;
using Glue.Dispatcher.EventSources;
using Glue.Foundation.Signing;

namespace Glue.Dispatcher.FunctionalTests.EventSources;

/// <summary>A dispatcher with one function, whose batches are recorded.</summary>
internal sealed class EventSourceServer : IAsyncDisposable
{
    private const string Mappings = "/2015-03-31/event-source-mappings";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private EventSourceServer(DispatcherServer server)
    {
        Server = server;
        server.Worker.Script = (_, request, _) =>
        {
            var values = Values(request.Payload);
            var outcome = Script(values);
            if (outcome.Status == InvokeStatus.Succeeded)
            {
                foreach (var value in values)
                {
                    Settled.Enqueue(value);
                }
            }

            return Task.FromResult(outcome);
        };
    }

    public DispatcherServer Server { get; }

    /// <summary>What the function makes of the values of a batch.</summary>
    public Func<IReadOnlyList<string>, InvokeOutcome> Script { get; set; } = static _ => FakeWorker.Succeeded("null"u8.ToArray());

    /// <summary>Values of batches that succeeded, in that order.</summary>
    public ConcurrentQueue<string> Settled { get; } = new();

    public static async Task<EventSourceServer> StartAsync(TempFolder folder, EventSourceOptions options, bool deploys = true)
    {
        var server = new EventSourceServer(await DispatcherServer.StartAsync(folder, eventSources: options));
        if (deploys)
        {
            await server.Server.DeployAsync("consumer");
        }

        return server;
    }

    /// <returns>The UUID of a mapping that reads.</returns>
    public async Task<string> MapAsync(string servers, string topic, object? more = null, Credential? signer = null)
    {
        var body = new Dictionary<string, object>
        {
            ["FunctionName"] = "consumer",
            ["SelfManagedEventSource"] = new { Endpoints = new { KAFKA_BOOTSTRAP_SERVERS = new[] { servers } } },
            ["Topics"] = new[] { topic },
            ["StartingPosition"] = "TRIM_HORIZON",
            ["MaximumBatchingWindowInSeconds"] = 0,
        };
        foreach (var field in more?.GetType().GetProperties() ?? [])
        {
            body[field.Name] = field.GetValue(more)!;
        }

        var answer = await Server.SendAsync(HttpMethod.Post, Mappings, body, signer);
        Assert.True(answer.Status == 202, answer.Text);
        var uuid = answer.Json.GetProperty("UUID").GetString()!;
        await StateAsync(uuid, body.GetValueOrDefault("Enabled") is false ? "Disabled" : "Enabled", signer);
        return uuid;
    }

    public async Task UpdateAsync(string uuid, object change, string? state = "Enabled", Credential? signer = null)
    {
        (await Server.SendAsync(HttpMethod.Put, $"{Mappings}/{uuid}", change, signer)).ExpectOk();
        if (state is not null)
        {
            await StateAsync(uuid, state, signer);
        }
    }

    public async Task<JsonElement> GetAsync(string uuid, Credential? signer = null) =>
        (await Server.SendAsync(HttpMethod.Get, $"{Mappings}/{uuid}", signer: signer)).Json;

    public Task StateAsync(string uuid, string state, Credential? signer = null) => UntilAsync(
        async () => (await GetAsync(uuid, signer)).GetProperty("State").GetString() == state, async () => (await GetAsync(uuid, signer)).ToString());

    /// <summary>Until the function has had them, some perhaps twice.</summary>
    public Task SettledAsync(params IEnumerable<string> values)
    {
        var wanted = values.ToList();
        return UntilAsync(
            () => Task.FromResult(!wanted.Except(Settled).Any()),
            () => Task.FromResult($"{string.Join(',', wanted.Except(Settled).Take(20))} did not come; there were {Settled.Count}"));
    }

    public static async Task UntilAsync(Func<Task<bool>> holds, Func<Task<string>>? tell = null)
    {
        for (var started = TimeProvider.System.GetTimestamp(); !await holds(); await Task.Delay(20))
        {
            if (TimeProvider.System.GetElapsedTime(started) > Limit)
            {
                Assert.Fail("It did not come true: " + (tell is null ? "" : await tell()));
            }
        }
    }

    public static IReadOnlyList<string> Values(ReadOnlyMemory<byte> payload)
    {
        using var json = JsonDocument.Parse(payload);
        return [.. json.RootElement.GetProperty("records").EnumerateObject().SelectMany(static partition => partition.Value.EnumerateArray())
            .Select(static record => System.Text.Encoding.UTF8.GetString(record.GetProperty("value").GetBytesFromBase64()))];
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
