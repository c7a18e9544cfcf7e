using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Glue.Contracts.Functions;

namespace Glue.Workers.FunctionalTests;

/// <summary>What every runtime does alike: node, python, and C# on provided.</summary>
public abstract partial class DriverContract
{
    [Theory]
    [InlineData("node")]
    [InlineData("python")]
    [InlineData("csharp")]
    public async Task Every_runtime_gives_back_the_event_it_was_given(string language)
    {
        await using var worker = Start();
        var echo = await EchoAsync(worker, language);
        var large = new string('ü', 300_000);
        string[] events = ["null", "7", "\"text\"", "[]", """{"a":{"b":[1,2.5,true,null,"é \u2028 😀"]}}""", $$"""{"large":"{{large}}"}"""];

        foreach (var one in events)
        {
            var answer = await worker.AnswerAsync(echo, one);

            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(one), JsonNode.Parse(answer.GetRawText())), $"{one[..Math.Min(80, one.Length)]} came back as {answer.GetRawText()[..Math.Min(80, answer.GetRawText().Length)]}");
        }
    }

    [Theory]
    [InlineData("node")]
    [InlineData("python")]
    public async Task Every_runtime_has_Lambdas_environment_and_the_trace_of_its_event(string language)
    {
        await using var worker = Start();
        var function = language == "node" ? worker.Node("exports.handler = async () => process.env;") : worker.Python("import os\ndef handler(event, context): return dict(os.environ)\n");
        var request = WorkerFixture.Request() with { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };

        var seen = WorkerFixture.Expect(await worker.Worker.InvokeAsync(function, request, CancellationToken.None)).EnumerateObject().ToDictionary(static each => each.Name, static each => each.Value.GetString());

        var expected = new Dictionary<string, string>
        {
            ["_HANDLER"] = function.Handler,
            ["_X_AMZN_TRACE_ID"] = "Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=b7ad6b7169203331;Sampled=1",
            ["AWS_DEFAULT_REGION"] = "us-east-1",
            ["AWS_REGION"] = "us-east-1",
            ["AWS_EXECUTION_ENV"] = "AWS_Lambda_" + function.Runtime,
            ["AWS_LAMBDA_FUNCTION_NAME"] = function.Name,
            ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = "256",
            ["AWS_LAMBDA_FUNCTION_VERSION"] = "$LATEST",
            ["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand",
            ["AWS_LAMBDA_LOG_GROUP_NAME"] = "/aws/lambda/" + function.Name,
            ["LANG"] = "en_US.UTF-8",
            ["LAMBDA_TASK_ROOT"] = "/var/task",
            ["LAMBDA_RUNTIME_DIR"] = "/var/runtime",
            ["TZ"] = ":UTC",
            ["PATH"] = "/var/lang/bin:/usr/local/bin:/usr/bin:/bin:/opt/bin",
            ["LD_LIBRARY_PATH"] = "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
        };
        Assert.All(expected, each => Assert.Equal(each.Value, seen.GetValueOrDefault(each.Key)));
        Assert.All(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_LOG_STREAM_NAME", "NODE_PATH", "PYTHONPATH"], name => Assert.NotEqual("", seen.GetValueOrDefault(name, "")));
    }

    [Fact]
    public async Task A_node_callback_answers_at_once_when_the_handler_says_that_it_does_not_wait_for_the_event_loop()
    {
        await using var worker = Start();
        var function = worker.Node("""
            exports.handler = (event, context, callback) => {
              context.callbackWaitsForEmptyEventLoop = false;
              setTimeout(() => {}, 60000);
              callback(null, 'at once');
            };
            """);

        Assert.Equal("at once", (await worker.AnswerAsync(function)).GetString());
    }

    [Theory]
    [InlineData("exports.handler = (event, context) => context.done(null, 'done');", "\"done\"", null)]
    [InlineData("exports.handler = (event, context) => context.fail(new RangeError('far'));", "far", "RangeError")]
    [InlineData("exports.handler = (event, context) => context.done('no');", "no", "string")]
    [InlineData("exports.handler = (event, context, callback) => callback(new TypeError('back'));", "back", "TypeError")]
    [InlineData("exports.handler = async () => ({ self: 1n });", "BigInt", "Runtime.MarshalError")]
    [InlineData("exports.handler = async () => { setTimeout(() => { throw new EvalError('late'); }, 1); await new Promise(done => setTimeout(done, 9000)); };", "late", "EvalError")]
    public async Task Node_handlers_may_end_in_any_of_Lambdas_ways(string source, string says, string? errorType)
    {
        await using var worker = Start();

        var outcome = await worker.InvokeAsync(worker.Node(source));

        if (errorType is null)
        {
            Assert.Equal(says, WorkerFixture.Text(outcome.Payload));
        }
        else
        {
            var (type, message) = WorkerFixture.Failure(outcome);
            Assert.Equal(errorType, type);
            Assert.Contains(says, message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("package/module.handler")]
    [InlineData("package.module.handler")]
    public async Task Python_handlers_may_be_in_packages(string handler)
    {
        await using var worker = Start();
        var function = worker.Function(
            "python3.11", handler, ("package/__init__.py", [], CodeZip.Plain),
            ("package/module.py", "from . import other\ndef handler(event, context): return other.NAME\n"u8.ToArray(), CodeZip.Plain), ("package/other.py", "NAME = __name__\n"u8.ToArray(), CodeZip.Plain));

        Assert.Equal("package.other", (await worker.AnswerAsync(function)).GetString());
    }

    [Theory]
    [InlineData("def handler(event, context): return {1, 2}", "Runtime.MarshalError", "Unable to marshal response: Object of type set is not JSON serializable")]
    [InlineData("def handler(event, context): raise SystemExit(4)", "Runtime.ExitError", "Runtime exited with error: exit status 4")]
    public async Task Python_answers_that_are_none_are_told_as_Lambda_does(string source, string type, string message)
    {
        await using var worker = Start();

        var failure = await worker.FailureAsync(worker.Python(source + "\n"));

        Assert.Equal(type, failure.Type);
        Assert.EndsWith(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pythons_context_has_the_caller_and_an_identity_that_is_nobody()
    {
        await using var worker = Start();
        var function = worker.Python("""
            def handler(event, context):
                client = context.client_context
                return [client.custom, client.env, client.client.app_title, client.client.installation_id, context.identity.cognito_identity_id, context.log_stream_name]
            """);
        var request = WorkerFixture.Request() with { ClientContext = Convert.ToBase64String("""{"custom":{"k":"v"},"env":{"e":1},"client":{"app_title":"tests"}}"""u8) };

        var answer = WorkerFixture.Expect(await worker.Worker.InvokeAsync(function, request, CancellationToken.None));

        Assert.Equal("""[{"k": "v"}, {"e": 1}, "tests", null, null, """, answer.GetRawText()[..^(answer[5].GetRawText().Length + 1)]);
        Assert.Matches(@"^\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}$", answer[5].GetString());
    }

    [Fact]
    public async Task An_init_longer_than_Lambdas_ten_seconds_goes_on_within_the_functions_own_timeout()
    {
        await using var worker = Start(static options => options with { InitTimeout = TimeSpan.FromMilliseconds(200) });
        var slow = worker.Python("import time\ntime.sleep(1)\ndef handler(event, context): return 'ready'\n") with { Timeout = TimeSpan.FromMinutes(1) };
        var endless = worker.Python("import time\ntime.sleep(60)\n") with { Timeout = TimeSpan.FromSeconds(2) };

        Assert.Equal("ready", (await worker.AnswerAsync(slow)).GetString());
        var (type, message) = await worker.FailureAsync(endless);

        Assert.Equal("Sandbox.Timedout", type);
        Assert.EndsWith("Task timed out after 2.00 seconds", message, StringComparison.Ordinal);
        Assert.Contains(worker.Logs.Of(endless.Name), static line => Regex.IsMatch(line, @"^INIT_REPORT Init Duration: \d+\.\d\d ms\tPhase: init\tStatus: timeout$"));
    }

    [Fact]
    public async Task An_init_that_hangs_for_ever_ends_as_a_timeout_however_short_the_functions_own_is_and_the_next_call_begins_anew()
    {
        await using var worker = Start(static options => options with { InitTimeout = TimeSpan.FromSeconds(3) });
        var endless = worker.Python("import time\ntime.sleep(600)\n") with { Timeout = TimeSpan.FromSeconds(1) };

        for (var call = 0; call < 2; call++)
        {
            var (type, message) = await worker.FailureAsync(endless);
            Assert.Equal("Sandbox.Timedout", type);
            Assert.EndsWith("Task timed out after 3.00 seconds", message, StringComparison.Ordinal);
        }

        Assert.Equal(2, worker.Logs.Of(endless.Name).Count(static line => line.StartsWith("INIT_REPORT ", StringComparison.Ordinal)));
    }

    private static async Task<FunctionVersion> EchoAsync(WorkerFixture worker, string language) => language switch
    {
        "node" => worker.Node("exports.handler = async (event) => event;"),
        "python" => worker.Python("def handler(event, context): return event\n"),
        _ => worker.Function("provided.al2023", "any", ("bootstrap", await File.ReadAllBytesAsync(Repository.Artifact("functions/echo/bootstrap")), CodeZip.Executable)),
    };
}
