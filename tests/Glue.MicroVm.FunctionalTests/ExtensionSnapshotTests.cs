using System.Text;
using Glue.Contracts.Invocations;
using Glue.Workers.FunctionalTests;
using Xunit.Abstractions;

namespace Glue.MicroVm.FunctionalTests;

/// <summary>Extensions in a function's snapshot: started, registered and waiting for their next event, as they were when it was made.</summary>
public sealed class ExtensionSnapshotTests(ITestOutputHelper output) : MicroVmTest(output)
{
    [Fact]
    public async Task An_extension_is_in_the_snapshot_and_hears_of_real_events_only()
    {
        await using var worker = Start(configure: static options => options with { ShutdownTimeout = TimeSpan.FromSeconds(30) });
        const string extension = """
            #!/usr/bin/python3
            import json, os, time, urllib.request
            def ask(path, data=None, **headers):
                headers = {name.replace('_', '-'): value for name, value in headers.items()}
                return urllib.request.urlopen(urllib.request.Request(f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2020-01-01/extension/{path}", data, headers))
            me = ask('register', b'{"events":["INVOKE","SHUTDOWN"]}', Lambda_Extension_Name='observer').headers['Lambda-Extension-Identifier']
            heard = [time.time()]
            while True:
                event = json.load(ask('event/next', Lambda_Extension_Identifier=me))
                heard.append(event.get('requestId', event['eventType']))
                print(json.dumps(heard), flush=True)
                if event['eventType'] == 'SHUTDOWN': break
            """;
        var layer = worker.Code.Add(("extensions/observer", Encoding.UTF8.GetBytes(extension), CodeZip.Executable));
        var function = worker.Python("def handler(event, context): return context.aws_request_id\n") with { Layers = [layer] };
        await SnapshotAsync(worker, function);

        List<(InvokeOutcome Outcome, string Id)> clones = [];
        for (var i = 0; i < 2; i++)
        {
            var outcome = await worker.InvokeAsync(function);
            clones.Add((outcome, WorkerFixture.Expect(outcome).GetString()!));
            await worker.UntilAsync(status => status.IdleSandboxes == 1);
            await CoolAsync(worker, function);
        }

        Assert.All(clones, static each => Assert.Equal(SandboxStart.FunctionSnapshot, each.Outcome.Start));
        var said = worker.Logs.Of(function.Name).Where(static line => line.StartsWith('[')).Select(static line => System.Text.Json.JsonDocument.Parse(line).RootElement).ToList();
        Assert.Single(said.Select(static line => line[0].GetDouble()).Distinct()); // one process, copied
        Assert.Equal(
            [$"""["{clones[0].Id}"]""", $"""["{clones[0].Id}","SHUTDOWN"]""", $"""["{clones[1].Id}"]""", $"""["{clones[1].Id}","SHUTDOWN"]"""],
            said.Select(static line => System.Text.Json.JsonSerializer.Serialize(line.EnumerateArray().Skip(1).Select(static each => each.GetString()))));
    }
}
