using System.IO.Pipelines;
using System.Text;
using Glue.Contracts.Invocations;

namespace Glue.Dispatcher.FunctionalTests.LambdaApi;

/// <summary>InvokeWithResponseStream, read by botocore's own event stream parser.</summary>
public sealed class StreamTests : IDisposable
{
    private const string Invocations = "/2021-11-15/functions/f/response-streaming-invocations";

    /// <summary>The distribution's botocore has the parser, and not yet the action.</summary>
    private const string Helpers = """
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.eventstream import EventStreamBuffer
        from botocore.httpsession import URLLib3Session

        def stream(payload, query='', **headers):
            url = client.meta.endpoint_url + '/2021-11-15/functions/f/response-streaming-invocations' + query
            request = AWSRequest('POST', url, data=payload, headers={'X-Amz-' + name.replace('_', '-'): value for name, value in headers.items()})
            SigV4Auth(boto3.Session().get_credentials(), 'lambda', 'us-east-1').add_auth(request)
            request = request.prepare()
            request.stream_output = True
            answer = URLLib3Session().send(request)
            def events():
                buffer = EventStreamBuffer()
                for part in answer.raw.stream():
                    buffer.add_data(part)
                    for event in buffer:
                        assert event.headers[':message-type'] == 'event'
                        yield event.headers[':event-type'], event.payload if event.headers[':event-type'] == 'PayloadChunk' else json.loads(event.payload)
            return answer, events()

        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_first_chunk_is_there_before_the_handler_ends_and_the_end_comes_with_the_log()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync();
        await server.DeployAsync("release");
        server.Worker.Script = async (version, request, _) =>
        {
            if (version.Name == "release")
            {
                release.SetResult();
                return FakeWorker.Succeeded("1"u8.ToArray());
            }

            var pipe = new Pipe();
            request.Streams!(new StreamedBody("text/plain", pipe.Reader.AsStream()));
            await pipe.Writer.WriteAsync("first"u8.ToArray(), CancellationToken.None);
            await release.Task;
            await pipe.Writer.WriteAsync("second"u8.ToArray(), CancellationToken.None);
            await pipe.Writer.CompleteAsync();
            return FakeWorker.Succeeded([], $"log of {request.ClientContext}");
        };

        var said = await server.BotoAsync(Helpers + """
            answer, events = stream('{}', '?Qualifier=%24LATEST', Log_Type='Tail', Client_Context='e30=')
            print(answer.status_code, answer.headers['X-Amz-Executed-Version'], answer.headers['Content-Type'])
            print(next(events))
            client.invoke(FunctionName='release')
            print(next(events))
            print(list(events))
            """);

        Assert.Equal(
            $$$"""
            200 $LATEST application/vnd.amazon.eventstream
            ('PayloadChunk', b'first')
            ('PayloadChunk', b'second')
            [('InvokeComplete', {'LogResult': '{{{Convert.ToBase64String("log of e30="u8)}}}'})]

            """,
            said.Expect());
    }

    [Fact]
    public async Task Errors_before_and_after_the_first_byte_and_answers_that_are_not_streamed_end_with_InvokeComplete()
    {
        await using var server = await StartAsync();
        server.Worker.Script = async (_, request, _) =>
        {
            switch (Encoding.UTF8.GetString(request.Payload.Span))
            {
                case "\"midway\"":
                    request.Streams!(new StreamedBody("", new MemoryStream("half"u8.ToArray())));
                    return FakeWorker.Failed("midway");
                case "\"early\"":
                    return FakeWorker.Failed("early");
                case "\"large\"":
                    return FakeWorker.Succeeded(new byte[(6 * 1024 * 1024) + 100]);
                case "\"strange\"":
                    return FakeWorker.Failed("x") with { Payload = "no document"u8.ToArray() };
                case "\"surrogate\"":
                    return FakeWorker.Failed("x") with { Payload = Encoding.ASCII.GetBytes("""{"errorType":"\ud800"}""") };
                case "\"name\"":
                    return FakeWorker.Failed("x") with { Payload = Encoding.ASCII.GetBytes("""{"\ud800":1}""") };
                case "\"bytes\"":
                    request.Streams!(new StreamedBody("", new MemoryStream("half"u8.ToArray())));
                    return FakeWorker.Failed("x") with { Payload = (byte[])[.. "{\""u8, 0xff, .. "\":1}"u8] };
                case "\"long\"":
                    return FakeWorker.Failed("x") with { Payload = Encoding.UTF8.GetBytes($$"""{"errorType":"x{{new string('é', 200)}}","errorMessage":"{{new string('é', 3 * 1024 * 1024 - 1000)}}"}""") };
                case "\"quoted\"":
                    return FakeWorker.Failed("x") with { Payload = Enumerable.Repeat((byte)'"', 6 * 1024 * 1024).ToArray() };
                default:
                    await Task.Yield();
                    return FakeWorker.Succeeded("{}"u8.ToArray());
            }
        };

        var said = await server.BotoAsync(Helpers + """
            for event in ['midway', 'early', 'plain', 'large', 'strange', 'surrogate', 'name', 'bytes']:
                data, end = b'', None
                for kind, content in stream(json.dumps(event))[1]:
                    assert end is None
                    if kind == 'PayloadChunk': data += content
                    else: end = content
                print(event, len(data), end.get('ErrorCode'), ascii(end['ErrorDetails']) if event in ('name', 'bytes') else end.get('ErrorDetails'))
            for event in ['long', 'quoted']:
                (kind, end), = stream(json.dumps(event))[1]
                print(kind, len(end['ErrorCode']), len(end['ErrorDetails']), set(end['ErrorDetails'][1000:]) <= set('\u00e9"'))
            print(stream('{}', Invocation_Type='DryRun')[0].status_code)
            """);

        Assert.Equal(
            """
            midway 4 Error {"errorType":"Error","errorMessage":"midway","stackTrace":[]}
            early 0 Error {"errorType":"Error","errorMessage":"early","stackTrace":[]}
            plain 2 None None
            large 6291556 None None
            strange 0 Unhandled no document
            surrogate 0 Unhandled {"errorType":"\ud800"}
            name 0 Unhandled '{"\\ud800":1}'
            bytes 4 Unhandled '{"\ufffd":1}'
            InvokeComplete 128 131088 True
            InvokeComplete 9 262144 True
            204

            """,
            said.Expect());
    }

    [Fact]
    public async Task What_is_refused_before_it_runs_is_an_ordinary_error()
    {
        await using var server = await StartAsync();
        server.Worker.Script = (_, _, _) => Task.FromResult(FakeWorker.NotRun("no memory left"));

        (await server.SendAsync(HttpMethod.Post, Invocations, "{}")).ExpectError(503, "ServiceException");
        (await server.SendAsync(HttpMethod.Post, Invocations, "{")).ExpectError(400, "InvalidRequestContentException");
        (await server.SendAsync(HttpMethod.Post, Invocations, "{}", header: ("X-Amz-Invocation-Type", "Event"))).ExpectError(400, "ValidationException");
        (await server.SendAsync(HttpMethod.Post, Invocations, "{}", header: ("X-Amz-Log-Type", "All"))).ExpectError(400, "ValidationException");
        (await server.SendAsync(HttpMethod.Post, Invocations + "?Qualifier=7", "{}")).ExpectError(404, "ResourceNotFoundException");
        (await server.SendAsync(HttpMethod.Post, Invocations.Replace("/f/", "/g/", StringComparison.Ordinal), "{}")).ExpectError(404, "ResourceNotFoundException");
        (await server.SendAsync(HttpMethod.Post, Invocations, new byte[(6 * 1024 * 1024) + 1])).ExpectError(413, "RequestEntityTooLargeException");
        (await server.SendAsync(HttpMethod.Get, Invocations)).ExpectError(404, "UnknownOperationException");
        Assert.Equal(403, (int)(await server.Client.PostAsync(new Uri(server.Endpoint + Invocations), null)).StatusCode);
    }

    [Fact]
    public async Task A_caller_that_leaves_midway_is_not_waited_for_and_its_place_is_free_when_the_function_has_ended()
    {
        await using var server = await StartAsync(static options => options with { AccountConcurrency = 1 });
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1024, resumeWriterThreshold: 512));
        server.Worker.Script = async (_, request, _) =>
        {
            if (request.Payload.Span.SequenceEqual("1"u8))
            {
                return FakeWorker.Succeeded([]);
            }

            request.Streams!(new StreamedBody("", pipe.Reader.AsStream()));
            while (!(await pipe.Writer.WriteAsync(new byte[4096], CancellationToken.None)).IsCompleted)
            {
                // Until nobody reads any more: a reader that is disposed completes the pipe.
            }

            await release.Task;
            return FakeWorker.Succeeded([]);
        };

        using (var response = await server.OpenAsync(HttpMethod.Post, Invocations, "{}"))
        {
            await (await response.Content.ReadAsStreamAsync()).ReadExactlyAsync(new byte[64 * 1024]);
        }

        release.SetResult();
        for (var i = 0; (await server.SendAsync(HttpMethod.Post, Invocations, "1")).Status != 200; i++)
        {
            Assert.InRange(i, 0, 10_000); // 429 until the first one's place is free
        }
    }

    private async Task<DispatcherServer> StartAsync(Func<DispatcherOptions, DispatcherOptions>? configure = null)
    {
        var server = await DispatcherServer.StartAsync(_folder, configure);
        await server.DeployAsync("f");
        return server;
    }
}
