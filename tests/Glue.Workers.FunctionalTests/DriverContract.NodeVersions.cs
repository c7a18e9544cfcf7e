using Glue.Contracts.Invocations;

namespace Glue.Workers.FunctionalTests;

/// <summary>The versions of node that come beside the image's: the same bootstrap, in each of the ways a handler may be written.</summary>
public abstract partial class DriverContract
{
    /// <summary>File and source; what each event in turn is answered with, an error as "type: message".</summary>
    private static readonly Dictionary<string, (string File, string Source, (string Event, string Answer)[] Calls)> _nodeHandlers = new()
    {
        ["a CommonJS module"] = ("index.js", """
            const { execFileSync } = require('child_process');
            exports.handler = async (event, context) => [major(), event.n + 1, process.execPath, execFileSync('node', ['--version']).toString().split('.')[0]];
            """, [("""{"n":41}""", """[N,42,"/var/lang/bin/node","vN"]""")]),
        ["an ES module"] = ("index.mjs", """
            const waited = await Promise.resolve('top level');
            export const handler = async () => [major(), waited, import.meta.url];
            """, [("{}", """[N,"top level","file:///var/task/index.mjs"]""")]),
        ["callbacks"] = ("index.cjs", """
            exports.handler = (event, context, callback) => event.done ? context.succeed([major(), 'done']) : setTimeout(() => callback(null, [major(), 'called back']), 5);
            """, [("{}", """[N,"called back"]"""), ("""{"done":true}""", """[N,"done"]""")]),
        ["errors of a handler"] = ("index.js", """
            exports.handler = async (event) => {
              if (event.how === 'throws') throw new RangeError('bad picture');
              if (event.how === 'cannot be written') return 1n;
              Promise.reject(new Error('lost'));
              await new Promise((r) => setTimeout(r, 9000));
            };
            """, [
                ("""{"how":"throws"}""", "RangeError: bad picture"), ("""{"how":"cannot be written"}""", "Runtime.MarshalError: TypeError: Do not know how to serialize a BigInt"),
                ("{}", "Runtime.UnhandledPromiseRejection: Error: lost")]),
        ["an error of init"] = ("index.js", "require('not-there');", [("{}", "Runtime.ImportModuleError: Error: Cannot find module 'not-there'")]),
    };

    public static IEnumerable<string> NodeHandlers => _nodeHandlers.Keys;

    [Theory]
    [NodeVersionData("nodejs22.x")]
    [NodeVersionData("nodejs24.x")]
    public async Task The_newer_nodes_run_what_the_images_runs(string runtime, string handler)
    {
        await using var worker = Start();
        var (file, source, calls) = _nodeHandlers[handler];
        var function = worker.Node($"const major = () => Number(process.versions.node.split('.')[0]);\n{source}", file: file) with { Runtime = runtime, Timeout = TimeSpan.FromMinutes(5) };

        foreach (var (payload, answer) in calls)
        {
            var outcome = await worker.InvokeAsync(function, payload);

            var says = outcome.Status == InvokeStatus.Succeeded ? WorkerFixture.Text(outcome.Payload) : WorkerFixture.Failure(outcome) is var (type, message) ? $"{type}: {message}" : "";
            Assert.StartsWith(answer.Replace("N", MajorOf(runtime), StringComparison.Ordinal), says, StringComparison.Ordinal);
        }
    }

    [Theory]
    [NodeVersionData("nodejs22.x", only: "a stream")]
    [NodeVersionData("nodejs24.x", only: "a stream")]
    public async Task The_newer_nodes_stream_and_their_log_tells_which_they_are(string runtime, string _)
    {
        await using var worker = Start();
        var function = worker.Node("exports.handler = awslambda.streamifyResponse(async (event, out) => { out.write('a'); await new Promise(r => setTimeout(r, 5)); out.end(process.version); });")
            with { Runtime = runtime, Timeout = TimeSpan.FromMinutes(5) };

        var (body, outcome) = await StreamWholeAsync(worker, function, "{}");

        Assert.Equal(InvokeStatus.Succeeded, outcome.Status);
        Assert.StartsWith($"av{MajorOf(runtime)}.", body, StringComparison.Ordinal);
        Assert.StartsWith($"INIT_START Runtime Version: nodejs:{MajorOf(runtime)}.{body[1..]}\t", worker.Logs.Of(function.Name)[0], StringComparison.Ordinal);
    }

    private static string MajorOf(string runtime) => runtime["nodejs".Length..^".x".Length];
}
