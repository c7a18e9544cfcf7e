using System.Text;
using System.Text.Json;
using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;

namespace Glue.Workers.FunctionalTests;

/// <summary>Answers that are streamed.</summary>
public abstract partial class DriverContract
{
    /// <summary>A runtime that does with the Runtime API what its event says: chunks to send, and how to end.</summary>
    protected const string StreamingBootstrap = """
        #!/usr/bin/python3
        import base64, json, os, socket, sys, time
        host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
        def connect():
            global api, replies
            api = socket.create_connection((host, int(port)))
            replies = api.makefile("rb")
        def reply():
            status = int(replies.readline().split()[1])
            headers = {}
            while (line := replies.readline().strip()):
                name, value = line.decode().split(":", 1)
                headers[name.lower()] = value.strip()
            return status, headers, replies.read(int(headers.get("content-length", 0)))
        connect()
        while True:
            api.sendall(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n")
            _, headers, body = reply()
            event, id = json.loads(body), headers["lambda-runtime-aws-request-id"]
            api.sendall((f"POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\nHost: x\r\nContent-Type: {event.get('type', 'text/plain')}\r\n"
                "Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n\r\n").encode())
            for chunk in event.get("chunks", []):
                api.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk.encode()))
            if (total := event.get("bytes")):
                block = bytes(range(256)) * 256
                while total > 0:
                    part = block[:total]
                    api.sendall(b"%x\r\n%s\r\n" % (len(part), part))
                    total -= len(part)
                    print("sent", flush=True)
            end = event.get("end")
            if end == "exit":
                os._exit(7)
            elif end == "hang":
                time.sleep(600)
            elif end == "cut":
                api.close(); replies.close(); connect()
                continue
            trailers = b""
            if end == "error":
                trailers = b"Lambda-Runtime-Function-Error-Type: Broken.Pipe\r\nLambda-Runtime-Function-Error-Body: " + base64.b64encode(b'{"errorType":"Broken.Pipe","errorMessage":"midway"}') + b"\r\n"
            api.sendall(b"0\r\n" + trailers + b"\r\n")
            print("status", reply()[0], flush=True)
        """;

    [Fact]
    public async Task A_streamed_answer_arrives_while_the_handler_still_runs()
    {
        await using var worker = Start();
        using var abandoned = new CancellationTokenSource();

        var running = StreamAsync(
            worker, worker.Provided(StreamingBootstrap) with { Timeout = TimeSpan.FromMinutes(5) },
            """{"type":"text/csv","chunks":["a,","b"],"end":"hang"}""", out var streamed, abandoned.Token);
        var body = await streamed;
        var arrived = await ReadAsync(body.Content, 3);
        var wasOver = running.IsCompleted; // the handler hangs: nothing but this test ends it
        await abandoned.CancelAsync();
        var rest = await ReadAllAsync(body.Content);

        Assert.Equal(("text/csv", "a,b", false, 0), (body.ContentType, arrived, wasOver, rest.Length));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_stream_whose_handler_runs_out_of_time_ends_with_that()
    {
        await using var worker = Start();

        var (_, outcome) = await StreamWholeAsync(worker, worker.Provided(StreamingBootstrap) with { Timeout = TimeSpan.FromSeconds(1) }, """{"chunks":["a"],"end":"hang"}""");

        Assert.Equal("Sandbox.Timedout", WorkerFixture.Failure(outcome).Type);
    }

    [Fact]
    public async Task A_streamed_answer_ends_whole_with_an_error_with_its_connection_or_with_its_process()
    {
        await using var worker = Start();
        var function = worker.Provided(StreamingBootstrap);

        var whole = await StreamWholeAsync(worker, function, """{"chunks":["all","of it"]}""");
        var failed = await StreamWholeAsync(worker, function, """{"chunks":["half"],"end":"error"}""");
        var cut = await StreamWholeAsync(worker, function, """{"chunks":["less"],"end":"cut"}""");
        var after = await StreamWholeAsync(worker, function, """{"chunks":["again"]}""");
        var exited = await StreamWholeAsync(worker, function, """{"chunks":["bye"],"end":"exit"}""");

        Assert.Equal(["allof it", "half", "less", "again", "bye"], new[] { whole, failed, cut, after, exited }.Select(each => each.Body));
        Assert.Equal(InvokeStatus.Succeeded, whole.Outcome.Status);
        Assert.Equal(0, whole.Outcome.Payload.Length);
        Assert.Equal(("Broken.Pipe", "midway"), WorkerFixture.Failure(failed.Outcome));
        Assert.Equal("Runtime.TruncatedResponse", WorkerFixture.Failure(cut.Outcome).Type);
        Assert.Equal(InvokeStatus.Succeeded, after.Outcome.Status);
        Assert.Equal("Runtime.ExitError", WorkerFixture.Failure(exited.Outcome).Type);
        Assert.Equal(whole.Outcome.SandboxId, exited.Outcome.SandboxId);
    }

    [Fact]
    public async Task Who_does_not_read_holds_the_function_up_and_who_leaves_does_not()
    {
        await using var worker = Start();
        var function = worker.Provided(StreamingBootstrap) with { Timeout = TimeSpan.FromMinutes(5) };
        var hasty = worker.Provided(StreamingBootstrap) with { Timeout = TimeSpan.FromSeconds(3) };
        const int Size = 24 * 1024 * 1024;

        var read = await StreamWholeAsync(worker, function, $$"""{"bytes":{{Size}}}""");
        var leaving = StreamAsync(worker, function, $$"""{"bytes":{{Size}}}""", out var left);
        await (await left).Content.DisposeAsync();
        var alone = await leaving;
        var waiting = StreamAsync(worker, hasty, $$"""{"bytes":{{Size}}}""", out var unread);
        var heldUp = await waiting;
        await (await unread).Content.DisposeAsync();
        var sent = worker.Logs.Of(hasty.Name).Count(static line => line == "sent");

        Assert.Equal((Size, InvokeStatus.Succeeded), (read.Body.Length, read.Outcome.Status));
        Assert.Equal(InvokeStatus.Succeeded, alone.Status);
        Assert.Equal("Sandbox.Timedout", WorkerFixture.Failure(heldUp).Type);
        Assert.InRange(sent, 0, (Size / 65536) - 128); // what sockets and credit hold is far less than all
        Assert.Equal(Encoding.Latin1.GetString([.. Enumerable.Range(0, 65536).Select(static i => (byte)i)]), read.Body[..65536]);
    }

    [Fact]
    public async Task A_runtime_that_hangs_up_while_its_reader_holds_it_up_may_poll_again()
    {
        await using var worker = Start();
        var function = worker.Provided(StreamingBootstrap) with { Timeout = TimeSpan.FromMinutes(5) };

        var running = StreamAsync(worker, function, $$"""{"bytes":{{160 * 1024}},"end":"cut"}""", out var unread); // more than credit, less than the agent and a socket hold
        using var content = (await unread).Content;
        var cut = await running;
        var again = await StreamWholeAsync(worker, function, """{"chunks":["again"]}""");

        Assert.Equal("Runtime.TruncatedResponse", WorkerFixture.Failure(cut).Type);
        Assert.Equal(("again", InvokeStatus.Succeeded), (again.Body, again.Outcome.Status));
        Assert.Equal(cut.SandboxId, again.Outcome.SandboxId);
    }

    [Fact]
    public async Task An_ordinary_invocation_gets_a_streamed_answer_whole_up_to_the_limit_of_an_answer()
    {
        await using var worker = Start();
        var function = worker.Provided(StreamingBootstrap);

        var whole = await worker.InvokeAsync(function, """{"chunks":["all","of it"]}""");
        var failed = await worker.InvokeAsync(function, """{"chunks":["half"],"end":"error"}""");
        var largest = await worker.InvokeAsync(function, $$"""{"bytes":{{(6 * 1024 * 1024) + 100}}}""");
        var tooLarge = await worker.InvokeAsync(function, $$"""{"bytes":{{(6 * 1024 * 1024) + 101}}}""");

        Assert.Equal("allof it", WorkerFixture.Text(whole.Payload));
        Assert.Equal(("Broken.Pipe", "midway"), WorkerFixture.Failure(failed));
        Assert.Equal((6 * 1024 * 1024) + 100, largest.Payload.Length);
        Assert.Equal("Function.ResponseSizeTooLarge", WorkerFixture.Failure(tooLarge).Type);
        Assert.Equal(whole.SandboxId, tooLarge.SandboxId);
    }

    [Fact]
    public async Task A_buffered_answer_to_whoever_asked_for_a_stream_comes_with_the_outcome()
    {
        await using var worker = Start();
        var wasStreamed = false;

        var outcome = await worker.Worker.InvokeAsync(
            worker.Node("exports.handler = async () => 'plain';"), WorkerFixture.Request() with { Streams = _ => wasStreamed = true }, CancellationToken.None);

        Assert.Equal(("\"plain\"", false), (WorkerFixture.Text(outcome.Payload), wasStreamed));
    }

    [Theory]
    [InlineData("out.write('a'); await new Promise(r => setTimeout(r, 5)); out.end('b');", "ab", null)]
    [InlineData("const { pipeline } = require('node:stream/promises'); await pipeline(require('node:stream').Readable.from(['x', 'y']), out);", "xy", null)]
    [InlineData("out.write('left open');", "left open", null)]
    [InlineData("", "", null)]
    [InlineData("throw new RangeError('at once');", "", "RangeError")]
    [InlineData("out.write('half'); throw new RangeError('midway');", "half", "RangeError")]
    [InlineData("await new Promise(r => setTimeout(r, 1)); out.write('two '); out.write('writes'); throw new RangeError('midway');", "two writes", "RangeError")]
    [InlineData("await new Promise(r => setTimeout(r, 1)); out.write('a'); out.write('b'); context.callbackWaitsForEmptyEventLoop = false; context.succeed('not this'); await new Promise(() => {});", "ab", null)]
    [InlineData("await new Promise(r => setTimeout(r, 1)); out.write('a'); out.write('b'); context.callbackWaitsForEmptyEventLoop = false; context.fail(new RangeError('midway'));", "ab", "RangeError")]
    [InlineData("out.write('half'); await new Promise(r => setTimeout(r, 1)); const e = new RangeError('é'.repeat(30000)); e.stack = 's'; throw e;", "half", "RangeError")]
    [InlineData("out.write('half'); setTimeout(() => { throw new RangeError('loose'); }, 5); await new Promise(r => setTimeout(r, 9000));", "half", "RangeError")]
    public async Task A_streaming_handler_of_node_writes_ends_and_fails_as_in_Lambda(string statements, string written, string? error)
    {
        await using var worker = Start();
        var function = worker.Node($"exports.handler = awslambda.streamifyResponse(async (event, out, context) => {{ {statements} }});");

        var first = await StreamWholeAsync(worker, function, "{}");
        var second = await StreamWholeAsync(worker, function, "{}");

        Assert.All([first, second], each =>
        {
            Assert.Equal(written, each.Body);
            Assert.Equal(error, each.Outcome.Status == InvokeStatus.Succeeded ? null : WorkerFixture.Failure(each.Outcome).Type);
        });
        Assert.Equal(!statements.Contains("loose", StringComparison.Ordinal), first.Outcome.SandboxId == second.Outcome.SandboxId);
    }

    [Fact]
    public async Task What_a_node_handler_writes_after_its_end_is_nobodys_answer()
    {
        await using var worker = Start();
        var function = worker.Node("""
            let late;
            exports.handler = awslambda.streamifyResponse(async (event, out) => {
                if (event.writesLate) {
                    late = out;
                    throw new RangeError('before the first byte');
                }
                if (late) {
                    console.log('late write');
                    late.write('not for you');
                    late.end('nor this');
                    await new Promise((resolve) => setTimeout(resolve, 5));
                }
                out.end('mine');
            });
            """);

        var failed = await StreamWholeAsync(worker, function, """{"writesLate":true}""");
        var next = await StreamWholeAsync(worker, function, "{}");
        var third = await StreamWholeAsync(worker, function, "{}");

        Assert.Equal("RangeError", WorkerFixture.Failure(failed.Outcome).Type);
        Assert.Equal(("mine", InvokeStatus.Succeeded), (next.Body, next.Outcome.Status));
        Assert.Equal(("mine", InvokeStatus.Succeeded), (third.Body, third.Outcome.Status));
        Assert.Equal(failed.Outcome.SandboxId, third.Outcome.SandboxId);
        Assert.Contains(worker.Logs.Of(function.Name), static line => line.EndsWith("late write", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_handler_gives_status_and_headers_before_the_body()
    {
        await using var worker = Start();
        var function = worker.Node("""
            exports.handler = awslambda.streamifyResponse((event, out, context) => {
                out = awslambda.HttpResponseStream.from(out, { statusCode: 201, headers: { 'x-id': context.awsRequestId } });
                out.write('body');
                setTimeout(() => out.end(), 5);
            });
            """);

        var running = StreamAsync(worker, function, "{}", out var streamed);
        var body = await streamed;
        var content = await ReadAllAsync(body.Content);
        await running;

        Assert.Equal(StreamedBody.HttpIntegration, body.ContentType);
        var prelude = content[..content.IndexOf('\0', StringComparison.Ordinal)];
        Assert.Equal(201, JsonDocument.Parse(prelude).RootElement.GetProperty("statusCode").GetInt32());
        Assert.Equal("\0\0\0\0\0\0\0\0body", content[prelude.Length..]);
    }

    private static Task<InvokeOutcome> StreamAsync(WorkerFixture worker, FunctionVersion function, string payload, out Task<StreamedBody> streamed, CancellationToken abandoned = default)
    {
        var began = new TaskCompletionSource<StreamedBody>(TaskCreationOptions.RunContinuationsAsynchronously);
        streamed = began.Task;
        return WatchAsync();

        async Task<InvokeOutcome> WatchAsync()
        {
            var outcome = await worker.Worker.InvokeAsync(function, WorkerFixture.Request(payload) with { Streams = body => began.TrySetResult(body) }, abandoned);
            began.TrySetResult(new StreamedBody("none", Stream.Null));
            return outcome;
        }
    }

    private static async Task<(string Body, InvokeOutcome Outcome)> StreamWholeAsync(WorkerFixture worker, FunctionVersion function, string payload)
    {
        var running = StreamAsync(worker, function, payload, out var streamed);
        using var content = (await streamed).Content;
        var body = await ReadAllAsync(content);
        return (body, await running);
    }

    protected static async Task<(long Bytes, InvokeOutcome Outcome)> StreamLengthAsync(WorkerFixture worker, FunctionVersion function, int bytes)
    {
        var running = StreamAsync(worker, function, $$"""{"bytes":{{bytes}}}""", out var streamed);
        using var content = (await streamed).Content;
        var buffer = new byte[65_536];
        long length = 0;
        for (int count; (count = await content.ReadAsync(buffer)) > 0;)
        {
            length += count;
        }

        return (length, await running);
    }

    private static async Task<string> ReadAsync(Stream content, int bytes)
    {
        var buffer = new byte[bytes];
        await content.ReadExactlyAsync(buffer);
        return Encoding.Latin1.GetString(buffer);
    }

    private static async Task<string> ReadAllAsync(Stream content)
    {
        using var all = new MemoryStream();
        await content.CopyToAsync(all);
        return Encoding.Latin1.GetString(all.ToArray());
    }
}
