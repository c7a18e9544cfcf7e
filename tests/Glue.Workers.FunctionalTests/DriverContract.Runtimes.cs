using System.Text;

namespace Glue.Workers.FunctionalTests;

/// <summary>The language runtimes as functions see them.</summary>
public abstract partial class DriverContract
{
    [Theory]
    [InlineData("index.handler", "index.js", "exports.handler = (event, context, callback) => setTimeout(() => callback(null, 'callback'), 5);", "callback")]
    [InlineData("index.handler", "index.js", "exports.handler = (event, context) => { context.succeed('succeeded'); };", "succeeded")]
    [InlineData("index.handler", "index.mjs", "export const handler = async () => import.meta.url;", "file:///var/task/index.mjs")]
    [InlineData("src/app.nested.handler", "src/app.js", "exports.nested = { handler: async () => __dirname };", "/var/task/src")]
    [InlineData("index.handler", "index.cjs", "module.exports = { async handler() { return 'cjs'; } };", "cjs")]
    public async Task Node_handlers_of_every_kind_answer(string handler, string file, string source, string answer)
    {
        await using var worker = Start();

        Assert.Equal(answer, (await worker.AnswerAsync(worker.Node(source, handler, file))).GetString());
    }

    [Fact]
    public async Task A_node_handler_that_neither_returns_a_promise_nor_calls_back_answers_null()
    {
        await using var worker = Start();

        Assert.Equal("null", (await worker.AnswerAsync(worker.Node("exports.handler = () => { setTimeout(() => {}, 20); };"))).GetRawText());
    }

    [Fact]
    public async Task A_rejection_nobody_handles_fails_the_invocation()
    {
        await using var worker = Start();

        var (type, message) = await worker.FailureAsync(
            worker.Node("exports.handler = async () => { Promise.reject(new Error('lost')); await new Promise(r => setTimeout(r, 5000)); };"));

        Assert.Equal("Runtime.UnhandledPromiseRejection", type);
        Assert.Contains("lost", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nodejs20.x")]
    [InlineData("python3.11")]
    public async Task The_context_tells_who_and_how_long(string runtime)
    {
        await using var worker = Start();
        var function = runtime == "python3.11"
            ? worker.Python("""
                def handler(event, c):
                    return [c.aws_request_id, c.function_name, c.function_version, c.invoked_function_arn, str(c.memory_limit_in_mb), c.log_group_name,
                            30000 < c.get_remaining_time_in_millis() <= 60000, c.client_context.custom["k"]]
                """)
            : worker.Node("""
                exports.handler = async (event, c) => [c.awsRequestId, c.functionName, c.functionVersion, c.invokedFunctionArn, c.memoryLimitInMB, c.logGroupName,
                    30000 < c.getRemainingTimeInMillis() && c.getRemainingTimeInMillis() <= 60000, c.clientContext.custom.k];
                """);
        var request = WorkerFixture.Request() with { ClientContext = Convert.ToBase64String("""{"custom":{"k":"v"}}"""u8) };

        var answer = WorkerFixture.Expect(await worker.Worker.InvokeAsync(function, request, CancellationToken.None));

        Assert.Equal(
            [request.RequestId, function.Name, "$LATEST", request.InvokedFunctionArn, "256", "/aws/lambda/" + function.Name, "True", "v"],
            answer.EnumerateArray().Select(each => each.ToString()));
    }

    [Fact]
    public async Task The_log_begins_with_the_runtime_version()
    {
        await using var worker = Start();
        var function = worker.Python("def handler(e, c): return 1\n");

        var outcome = await worker.InvokeAsync(function, tail: true);

        Assert.Matches("^INIT_START Runtime Version: python:3.11.v3[.0-9]+\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}$", worker.Logs.Of(function.Name)[0]);
        Assert.StartsWith("START RequestId: ", WorkerFixture.Text(outcome.LogTail), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_runtime_gets_the_interpreter_that_was_set_for_it()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["bin"]);
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        await File.WriteAllTextAsync(folder["bin/real"], "#!/bin/sh\nSET=yes exec /usr/bin/python3 \"$@\"\n");
        File.SetUnixFileMode(folder["bin/real"], (UnixFileMode)0b111_101_101);
        File.CreateSymbolicLink(folder["bin/python3"], "real");
        await using var worker = Start(options => options with { Interpreters = new Dictionary<string, string> { ["python3.14"] = folder.Path } });
        const string source = "import os\ndef handler(e, c): return [os.environ.get('SET'), sorted(os.listdir('/var/lang')) if os.path.isdir('/var/lang') else []]\n";

        var set = await worker.AnswerAsync(worker.Python(source) with { Runtime = "python3.14" });
        var own = await worker.AnswerAsync(worker.Python(source));

        Assert.Equal("""["yes", ["bin"]]""", set.GetRawText());
        Assert.Equal("[null, []]", own.GetRawText());
    }

    [Fact]
    public async Task A_runtime_that_the_sandboxes_do_not_have_fails_the_call_and_says_what_to_do()
    {
        await using var worker = Start(options => options with { Interpreters = new Dictionary<string, string> { ["nodejs22.x"] = "/nowhere" } });

        var (type, message) = await worker.FailureAsync(worker.Node("exports.handler = async () => 1;") with { Runtime = "nodejs22.x" });

        Assert.Equal("Runtime.InvalidEntrypoint", type);
        Assert.Contains("Workers:Interpreters:nodejs22.x is of no use: /nowhere/bin/node cannot be run", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bootstrap_runs_as_provided_al2()
    {
        await using var worker = Start();
        var function = worker.Provided("""
            #!/usr/bin/python3
            import os, urllib.request
            api = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation/"
            while True:
                with urllib.request.urlopen(api + 'next') as request: id = request.headers['Lambda-Runtime-Aws-Request-Id']
                urllib.request.urlopen(api + id + '/response', b'"' + os.environ['AWS_EXECUTION_ENV'].encode() + b'"')
            """) with { Runtime = "provided.al2" };

        Assert.Equal("AWS_Lambda_provided.al2", (await worker.AnswerAsync(function)).GetString());
    }

    [Fact]
    public async Task Python_logging_has_Lambdas_format()
    {
        await using var worker = Start();
        var function = worker.Python("import logging\nlogging.getLogger().setLevel('INFO')\ndef handler(e, c):\n    logging.info('noted')\n");

        var outcome = await worker.InvokeAsync(function, tail: true);

        Assert.Matches(@"\n\[INFO\]\t\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\t[0-9a-f-]{36}\tnoted\n", WorkerFixture.Text(outcome.LogTail));
    }

    [Fact]
    public async Task A_deployment_keeps_its_execute_bits_and_can_start_its_own_programs()
    {
        await using var worker = Start();
        var function = worker.Function(
            "python3.11", "app.handler",
            ("app.py", "import subprocess\ndef handler(e, c): return subprocess.check_output(['/var/task/bin/tool']).decode()\n"u8.ToArray(), CodeZip.Plain),
            ("bin/tool", Encoding.UTF8.GetBytes("#!/bin/sh\necho ran\n"), CodeZip.Executable));

        Assert.Equal("ran\n", (await worker.AnswerAsync(function)).GetString());
    }
}
