using System.Text;
using System.Text.RegularExpressions;
using Glue.Contracts.Invocations;

namespace Glue.Workers.FunctionalTests;

/// <summary>How invocations end.</summary>
public abstract partial class DriverContract
{
    [Fact]
    public async Task A_timeout_kills_the_function_says_so_as_Lambda_does_and_the_next_call_gets_a_new_sandbox()
    {
        await using var worker = Start();
        var slow = worker.Node("exports.handler = async (e) => e.wait ? new Promise(() => setInterval(() => {}, 1000)) : process.pid;")
            with { Timeout = TimeSpan.FromSeconds(5) };

        var first = await worker.InvokeAsync(slow);
        var late = await worker.InvokeAsync(slow, """{"wait":true}""", tail: true);
        var next = await worker.InvokeAsync(slow);

        var (type, message) = WorkerFixture.Failure(late);
        Assert.Equal("Sandbox.Timedout", type);
        Assert.Matches("^RequestId: [0-9a-f-]{36} Error: Task timed out after 5.00 seconds$", message);
        Assert.InRange(late.Duration, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15));
        Assert.Contains("Task timed out after 5.00 seconds", WorkerFixture.Text(late.LogTail), StringComparison.Ordinal);
        Assert.Contains("\tStatus: timeout", WorkerFixture.Text(late.LogTail), StringComparison.Ordinal);
        Assert.Equal(InvokeStatus.Succeeded, next.Status);
        Assert.NotEqual(first.SandboxId, next.SandboxId);
    }

    [Theory]
    [InlineData("process.exit(3)", "exit status 3")]
    [InlineData("process.kill(process.pid, 'SIGKILL')", "signal: killed")]
    [InlineData("process.abort()", "signal: aborted")]
    public async Task A_runtime_that_ends_is_reported_with_its_status(string statement, string status)
    {
        await using var worker = Start();

        var (type, message) = await worker.FailureAsync(worker.Node($"exports.handler = async () => {{ {statement}; await new Promise(r => setTimeout(r, 9000)); }};"));

        Assert.Equal("Runtime.ExitError", type);
        Assert.EndsWith($"Error: Runtime exited with error: {status}", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nodejs20.x")]
    [InlineData("python3.11")]
    public async Task An_error_of_the_handler_comes_back_with_its_type_message_and_trace_and_the_sandbox_lives_on(string runtime)
    {
        await using var worker = Start();
        var function = runtime == "python3.11"
            ? worker.Python("def handler(event, context):\n    raise ValueError('bad ' + 'picture')\n")
            : worker.Node("exports.handler = async () => { throw new RangeError('bad picture'); };");

        var first = await worker.InvokeAsync(function);
        var second = await worker.InvokeAsync(function);

        Assert.Equal((runtime == "python3.11" ? "ValueError" : "RangeError", "bad picture"), WorkerFixture.Failure(first));
        Assert.Contains(runtime == "python3.11" ? "app.py" : "index.js", WorkerFixture.Text(first.Payload), StringComparison.Ordinal);
        Assert.Equal(first.SandboxId, second.SandboxId);
    }

    [Fact]
    public async Task A_function_that_takes_more_memory_than_it_has_is_killed_and_told_so()
    {
        await using var worker = Start();
        var greedy = worker.Python("""
            def handler(event, context):
                hoard = []
                while True:
                    hoard.append(bytearray(8 * 1024 * 1024))
            """) with { MemoryMiB = 128 };

        var outcome = await worker.InvokeAsync(greedy);

        var (type, message) = WorkerFixture.Failure(outcome);
        Assert.Equal("Runtime.OutOfMemory", type);
        Assert.Contains("signal: killed (out of memory: the function has 128 MB; raise its MemorySize)", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_child_process_that_takes_more_memory_than_the_function_has_is_killed_and_the_function_goes_on()
    {
        await using var worker = Start();
        var function = worker.Python("""
            import os
            def handler(event, context):
                child = os.fork()
                if child == 0:
                    hoard = []
                    while True:
                        hoard.append(bytearray(8 * 1024 * 1024))
                return os.waitpid(child, 0)[1]
            """) with { MemoryMiB = 128 };

        var first = await worker.InvokeAsync(function);
        var second = await worker.InvokeAsync(function);

        Assert.Equal(("9", "9"), (WorkerFixture.Expect(first).GetRawText(), WorkerFixture.Expect(second).GetRawText()));
        Assert.Equal(first.SandboxId, second.SandboxId);
    }

    [Fact]
    public async Task Init_errors_are_the_result_of_the_call_that_caused_the_cold_start()
    {
        await using var worker = Start();
        var noModule = worker.Python("import no_such_module\n");
        (string Type, string Message)[] failures =
        [
            await worker.FailureAsync(worker.Node("exports.other = 1;")),
            await worker.FailureAsync(worker.Node("", handler: "missing.handler")),
            await worker.FailureAsync(worker.Node("exports.handler = (")),
            await worker.FailureAsync(worker.Node("throw new TypeError('at load');")),
            await worker.FailureAsync(worker.Python("x = 1\n")),
            await worker.FailureAsync(worker.Python("", handler: "missing.handler")),
            await worker.FailureAsync(worker.Python("def handler(:\n")),
            await worker.FailureAsync(noModule),
        ];

        Assert.Equal(
            ["Runtime.HandlerNotFound", "Runtime.ImportModuleError", "Runtime.UserCodeSyntaxError", "TypeError",
                "Runtime.HandlerNotFound", "Runtime.ImportModuleError", "Runtime.UserCodeSyntaxError", "Runtime.ImportModuleError"],
            failures.Select(each => each.Type));
        Assert.Matches(@"^INIT_REPORT Init Duration: \d+\.\d\d ms\tPhase: init\tStatus: error\tError Type: Runtime.ImportModuleError$", Assert.Single(worker.Logs.Of(noModule.Name), static line => line.StartsWith("INIT_REPORT", StringComparison.Ordinal)));
        Assert.Contains("index.handler is undefined or not exported", failures[0].Message, StringComparison.Ordinal);
        Assert.Contains("Unable to import module 'missing'", failures[5].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bootstrap_that_cannot_run_is_refused_with_what_to_do()
    {
        await using var worker = Start();
        var arm = new byte[64];
        "\u007fELF"u8.CopyTo(arm);
        arm[18] = 183;
        (string Type, string Message)[] failures =
        [
            await worker.FailureAsync(worker.Function("provided.al2023", "any", ("other", "#!/bin/sh\n"u8.ToArray(), CodeZip.Executable))),
            await worker.FailureAsync(worker.Provided("#!/bin/sh\n", CodeZip.Plain)),
            await worker.FailureAsync(worker.Provided("echo hello\n")),
            await worker.FailureAsync(worker.Function("provided.al2023", "any", ("bootstrap", arm, CodeZip.Executable))),
            await worker.FailureAsync(worker.Provided("#!/no/such/interpreter\n")),
        ];

        Assert.All(failures, each => Assert.Equal("Runtime.InvalidEntrypoint", each.Type));
        Assert.Contains("no file 'bootstrap'", failures[0].Message, StringComparison.Ordinal);
        Assert.Contains("chmod 755 bootstrap", failures[1].Message, StringComparison.Ordinal);
        Assert.Contains("neither a Linux program (ELF) nor a script", failures[2].Message, StringComparison.Ordinal);
        Assert.Contains("built for another processor (arm64); this machine is x86_64", failures[3].Message, StringComparison.Ordinal);
        Assert.Contains("no such file, or the interpreter", failures[4].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bootstrap_script_speaks_the_runtime_api_with_content_length_and_chunked_answers()
    {
        await using var worker = Start();
        var function = worker.Provided("""
            #!/usr/bin/python3
            import http.client, os, json
            api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
            while True:
                api.request("GET", "/2018-06-01/runtime/invocation/next")
                reply = api.getresponse()
                event = json.loads(reply.read())
                id = reply.headers["Lambda-Runtime-Aws-Request-Id"]
                wrong = f"/2018-06-01/runtime/invocation/{id[:-1]}X/response"
                statuses = []
                for method, path in (("POST", wrong), ("GET", "/nowhere"), ("GET", f"/2018-06-01/runtime/invocation/{id}/response"), ("GET", "/2018-06-01/runtime/invocation/next"), ("POST", "/2018-06-01/runtime/init/error"), ("GET", "/2018-06-01/runtime/restore/next")):
                    api.request(method, path, body=b"{}" if method == "POST" else None)
                    reply2 = api.getresponse(); reply2.read(); statuses.append(reply2.status)
                body = json.dumps({"event": event, "statuses": statuses, "arn": reply.headers["Lambda-Runtime-Invoked-Function-Arn"], "handler": os.environ["_HANDLER"]}).encode()
                if event.get("chunked"):
                    api.request("POST", f"/2018-06-01/runtime/invocation/{id}/response", body=iter([body[:5], body[5:]]), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
                else:
                    api.request("POST", f"/2018-06-01/runtime/invocation/{id}/response", body=body)
                api.getresponse().read()
            """);

        var plain = await worker.AnswerAsync(function);
        var chunked = await worker.AnswerAsync(function, """{"chunked":true}""");

        Assert.Equal("[400, 404, 405, 403, 403, 404]", plain.GetProperty("statuses").GetRawText());
        Assert.Equal("any", plain.GetProperty("handler").GetString());
        Assert.True(chunked.GetProperty("event").GetProperty("chunked").GetBoolean());
    }

    [Fact]
    public async Task Six_megabytes_pass_both_ways_and_more_is_refused_without_harm_to_the_sandbox()
    {
        await using var worker = Start();
        var function = worker.Node("exports.handler = async (e) => 'x'.repeat(e.size ?? e.text.length);");
        var large = Encoding.UTF8.GetBytes($$"""{"text":"{{new string('a', (6 * 1024 * 1024) - 11)}}"}""");

        var full = await worker.Worker.InvokeAsync(function, WorkerFixture.Request(large), CancellationToken.None);
        var tooLarge = await worker.InvokeAsync(function, $$"""{"size":{{(6 * 1024 * 1024) + 100}}}""");
        var after = await worker.InvokeAsync(function, """{"size":1}""");

        Assert.Equal(6 * 1024 * 1024, large.Length);
        Assert.Equal(large.Length - 11 + 2, full.Payload.Length);
        Assert.Equal(
            ("Function.ResponseSizeTooLarge", "Response payload size exceeded maximum allowed payload size (6291556 bytes)."), WorkerFixture.Failure(tooLarge));
        Assert.Equal("\"x\"", WorkerFixture.Text(after.Payload));
        Assert.Equal(full.SandboxId, after.SandboxId);
    }

    [Fact]
    public async Task The_log_has_START_END_and_REPORT_as_Lambda_writes_them_and_the_tail_has_this_invocation_only()
    {
        await using var worker = Start();
        var function = worker.Node("exports.handler = async (e) => { console.log('hello', e.n); process.stderr.write('no newline'); return 1; };");

        await worker.InvokeAsync(function, """{"n":1}""");
        var outcome = await worker.InvokeAsync(function, """{"n":2}""", tail: true);

        var lines = WorkerFixture.Text(outcome.LogTail).TrimEnd('\n').Split('\n');
        Assert.Equal(5, lines.Length);
        Assert.Matches(@"^START RequestId: [0-9a-f-]{36} Version: \$LATEST$", lines[0]);
        Assert.Contains(lines, line => Regex.IsMatch(line, @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\t[0-9a-f-]{36}\tINFO\thello 2$"));
        Assert.Contains("no newline", lines);
        Assert.Matches("^END RequestId: [0-9a-f-]{36}$", lines[3]);
        Assert.Matches(
            @"^REPORT RequestId: [0-9a-f-]{36}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 256 MB\tMax Memory Used: \d+ MB\t$", lines[4]);
        Assert.Contains(worker.Logs.Of(function.Name), line => Regex.IsMatch(line, @"^REPORT .*\tInit Duration: \d+\.\d\d ms\t$"));
        Assert.InRange(outcome.MaxMemoryUsedMiB, 20, 256);
    }

    [Fact]
    public async Task A_tail_is_the_last_4_KiB()
    {
        await using var worker = Start();
        var function = worker.Python("def handler(e, c):\n    for i in range(2000): print('line', i)\n");

        var outcome = await worker.InvokeAsync(function, tail: true);

        Assert.Equal(4096, outcome.LogTail.Length);
        Assert.Contains("line 1999\nEND RequestId", WorkerFixture.Text(outcome.LogTail), StringComparison.Ordinal);
        Assert.Equal(2004, worker.Logs.Of(function.Name).Count);
    }
}
