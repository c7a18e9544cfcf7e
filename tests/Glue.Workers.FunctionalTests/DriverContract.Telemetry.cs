using System.Text.Json;

namespace Glue.Workers.FunctionalTests;

/// <summary>The Telemetry API: what happens in a sandbox, told to its extensions on the loopback.</summary>
public abstract partial class DriverContract
{
    [Fact]
    public async Task A_subscriber_hears_of_init_and_invocations_and_every_line_and_the_end()
    {
        await using var worker = StartPatiently();
        var function = ExtensionLayer.Of(worker, "print('loading')\ndef handler(event, context):\n    print('line', event['n'])\n    return 'x' * 10\n", ("listener", ExtensionLayer.Listener));

        for (var n = 0; n < 2; n++)
        {
            await worker.AnswerAsync(function, $$"""{"n":{{n}}}""");
            await worker.UntilAsync(status => status.IdleSandboxes == 1);
        }

        await worker.Worker.RetireAsync(function.Arn, CancellationToken.None);

        List<JsonElement> records = [.. ExtensionLayer.RecordsIn(worker.Logs.Of(function.Name))];
        var subscription = records.FindIndex(static each => each.GetProperty("type").GetString() == "platform.telemetrySubscription");
        Assert.Equal("""{"name":"listener","state":"Subscribed","types":["platform","function"]}""", records[subscription].GetProperty("record").GetRawText());
        records.RemoveAt(subscription); // the runtime may be quicker
        Assert.Equal(
            [
                "platform.initStart", "function", "platform.initRuntimeDone", "platform.extension", "platform.initReport",
                "platform.start", "function", "platform.runtimeDone", "platform.report", "platform.start", "function", "platform.runtimeDone", "platform.report",
            ],
            records.Select(static each => each.GetProperty("type").GetString()));
        Assert.All(records, static each => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", each.GetProperty("time").GetString()));
        JsonElement Record(int index) => records[index].GetProperty("record");
        Assert.Equal(("on-demand", "init", function.Name, 256L << 20), (Text(Record(0), "initializationType"), Text(Record(0), "phase"), Text(Record(0), "functionName"), Record(0).GetProperty("instanceMaxMemory").GetInt64()));
        Assert.StartsWith("python:3.11.v3", Text(Record(0), "runtimeVersion"), StringComparison.Ordinal);
        Assert.Equal(["loading", "line 0", "line 1"], new[] { 1, 6, 10 }.Select(index => Record(index).GetString()));
        Assert.Equal("success", Text(Record(2), "status"));
        Assert.True(Record(4).GetProperty("metrics").GetProperty("durationMs").GetDouble() > 0);
        Assert.Equal("""{"name":"listener","state":"Ready","events":["SHUTDOWN"]}""", Record(3).GetRawText());
        Assert.Equal((Text(Record(5), "requestId"), "$LATEST"), (Text(Record(7), "requestId"), Text(Record(5), "version")));
        Assert.Equal(("success", 12), (Text(Record(7), "status"), Record(7).GetProperty("metrics").GetProperty("producedBytes").GetInt32()));
        var (first, second) = (Record(8).GetProperty("metrics"), Record(12).GetProperty("metrics"));
        Assert.Equal(256, first.GetProperty("memorySizeMB").GetInt32());
        Assert.True(first.GetProperty("initDurationMs").GetDouble() > 0 && !second.TryGetProperty("initDurationMs", out _));
        Assert.True(second.GetProperty("billedDurationMs").GetInt64() >= second.GetProperty("durationMs").GetDouble());
    }

    [Fact]
    public async Task A_subscriber_by_TCP_gets_lines_of_JSON_on_one_connection()
    {
        await using var worker = StartPatiently();
        var function = ExtensionLayer.Of(worker, "def handler(event, context):\n    print('line', event['n'])\n    return 1\n", ("lines", ExtensionLayer.TcpListener));

        for (var n = 0; n < 3; n++)
        {
            await worker.AnswerAsync(function, $$"""{"n":{{n}}}""");
            await worker.UntilAsync(status => status.IdleSandboxes == 1);
        }

        await worker.Worker.RetireAsync(function.Arn, CancellationToken.None);

        Assert.Contains(worker.Logs.Of(function.Name), static line => line.StartsWith("SUBSCRIBED [200,", StringComparison.Ordinal));
        var records = ExtensionLayer.RecordsIn(worker.Logs.Of(function.Name));
        Assert.Equal(["line 0", "line 1", "line 2"], records.Where(static each => Text(each, "type") == "function").Select(static each => Text(each, "record")));
        Assert.Equal(
            [3, 3, 3],
            ((string[])["platform.start", "platform.runtimeDone", "platform.report"]).Select(type => records.Count(each => Text(each, "type") == type)));
        Assert.Equal("platform.initStart", Text(records[0], "type"));
    }

    private static string Text(JsonElement record, string name) => record.GetProperty(name).GetString()!;
}
