using System.Text;
using Glue.Contracts.Functions;

namespace Glue.Workers.FunctionalTests;

/// <summary>Layers: merged in their order, seen at /opt, found by the runtimes.</summary>
public abstract partial class DriverContract
{
    [Fact]
    public async Task Layers_are_merged_in_order_and_found_by_python_and_node()
    {
        await using var worker = Start();
        var first = Layer(worker, ("python/one.py", "VALUE = 'one'"), ("python/shared.py", "VALUE = 'first'"), ("nodejs/node_modules/tool/index.js", "module.exports = 'first';"), ("data/kept", "kept"));
        var second = Layer(worker, ("python/shared.py", "VALUE = 'second'"), ("nodejs/node_modules/tool/index.js", "module.exports = 'second';"));
        var python = worker.Python("import one, shared\ndef handler(event, context):\n    return [one.VALUE, shared.VALUE, open('/opt/data/kept').read()]\n") with { Layers = [first, second] };
        var node = worker.Node("exports.handler = async () => require('tool');") with { Layers = [second, first] };

        Assert.Equal("""["one", "second", "kept"]""", (await worker.AnswerAsync(python)).GetRawText());
        Assert.Equal("first", (await worker.AnswerAsync(node)).GetString());
    }

    [Fact]
    public async Task A_bootstrap_in_a_layer_starts_a_function_that_has_none()
    {
        await using var worker = Start();
        const string bootstrap = """
            #!/usr/bin/python3
            import os, urllib.request
            api = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation/"
            while True:
                with urllib.request.urlopen(api + 'next') as request: id = request.headers['Lambda-Runtime-Aws-Request-Id']
                urllib.request.urlopen(api + id + '/response', open('/var/task/answer', 'rb').read())
            """;
        var layer = worker.Code.Add(("bootstrap", Encoding.UTF8.GetBytes(bootstrap), CodeZip.Executable));
        var function = worker.Function("provided.al2023", "any", ("answer", "\"from the task\""u8.ToArray(), CodeZip.Plain)) with { Layers = [layer] };

        Assert.Equal("from the task", (await worker.AnswerAsync(function)).GetString());
    }

    [Fact]
    public async Task Nobody_writes_to_code_or_layers_and_opt_is_there_without_any()
    {
        await using var worker = Start();
        var function = worker.Node(
            "const fs = require('fs'); exports.handler = async () => [fs.existsSync('/opt'), ...['/opt/x', '/var/task/x'].map(p => { try { fs.writeFileSync(p, 'x'); return 'written'; } catch (e) { return e.code; } })];");

        Assert.Equal("""[true,"EROFS","EROFS"]""", (await worker.AnswerAsync(function)).GetRawText());
        Assert.Equal("""[true,"EROFS","EROFS"]""", (await worker.AnswerAsync(function with { RevisionId = "layered", Layers = [Layer(worker, ("a", "a"))] })).GetRawText());
    }

    private static string Layer(WorkerFixture worker, params (string Name, string Text)[] files) =>
        worker.Code.Add([.. files.Select(file => (file.Name, Encoding.UTF8.GetBytes(file.Text), CodeZip.Plain))]);
}
