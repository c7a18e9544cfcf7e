using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Glue.Contracts.Invocations;
using Glue.Foundation.Signing;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.FunctionalTests.LambdaApi;

/// <summary>Calls of function URLs.</summary>
public sealed class FunctionUrlTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SigV4Signer _signer = new(TimeProvider.System);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Curl_reaches_a_function_by_its_URL_and_the_event_has_format_2()
    {
        await using var server = await StartAsync();
        var url = await OpenAsync(server);

        var said = await Cli.RunAsync("curl", [
            "-sS", "-X", "PATCH", url + "a%20b/c?x=1&y=%26&x=2", "-H", "Content-Type: application/json", "-H", "X-Many: 1", "-H", "X-Many: 2",
            "-H", "Cookie: a=1; b=2", "-A", "tester", "-d", """{"k":"ü"}"""]);

        var sent = JsonDocument.Parse(said.Expect()).RootElement; // the worker echoes, and JSON without a statusCode is the body
        var context = sent.GetProperty("requestContext");
        var http = context.GetProperty("http");
        var host = new Uri(url).Host;
        Assert.Equal(("2.0", "$default", "/a%20b/c", "x=1&y=%26&x=2"), (Text(sent, "version"), Text(sent, "routeKey"), Text(sent, "rawPath"), Text(sent, "rawQueryString")));
        Assert.Equal("""["a=1","b=2"]""", sent.GetProperty("cookies").GetRawText());
        Assert.Equal(("1,2", "tester"), (Text(sent.GetProperty("headers"), "x-many"), Text(sent.GetProperty("headers"), "user-agent")));
        Assert.False(sent.GetProperty("headers").TryGetProperty("cookie", out _));
        Assert.Equal(("1,2", "&"), (Text(sent.GetProperty("queryStringParameters"), "x"), Text(sent.GetProperty("queryStringParameters"), "y")));
        Assert.Equal(("""{"k":"ü"}""", false), (Text(sent, "body"), sent.GetProperty("isBase64Encoded").GetBoolean()));
        Assert.Equal(("anonymous", host, host.Split('.')[0]), (Text(context, "accountId"), Text(context, "domainName"), Text(context, "domainPrefix")));
        Assert.Equal(("PATCH", "/a%20b/c", "HTTP/1.1", "tester"), (Text(http, "method"), Text(http, "path"), Text(http, "protocol"), Text(http, "userAgent")));
        Assert.Matches(@"^\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000$", Text(context, "time"));
        Assert.Equal(Text(context, "requestId"), server.Worker.Requests.Single().RequestId);
    }

    [Theory]
    [InlineData("/a%2Fb/%61?x=%61", "/a%2Fb/%61", "x=%61")]
    [InlineData("?x=/a", "/", "x=/a")]
    [InlineData("", "/", "")]
    public async Task A_target_with_scheme_and_host_gives_the_path_that_was_sent(string target, string path, string query)
    {
        await using var server = await StartAsync();
        var url = await OpenAsync(server);

        var said = await Cli.RunAsync("curl", ["-sS", url, "--request-target", url.TrimEnd('/') + target]);

        var sent = JsonDocument.Parse(said.Expect()).RootElement;
        Assert.Equal((path, query), (Text(sent, "rawPath"), Text(sent, "rawQueryString")));
    }

    [Fact]
    public async Task What_is_not_text_is_base64_both_ways_and_structured_answers_say_everything()
    {
        await using var server = await StartAsync();
        var url = await OpenAsync(server);
        server.Worker.Script = (_, request, _) => Answer(new
        {
            statusCode = 418,
            headers = new Dictionary<string, object> { ["Content-Type"] = "image/png", ["X-Number"] = 7, ["Connection"] = "close", ["Content-Length"] = "1" },
            cookies = new[] { "a=1; Path=/", "b=2" },
            body = JsonDocument.Parse(request.Payload).RootElement.GetProperty("body").GetString(),
            isBase64Encoded = true,
        });

        using var content = new ByteArrayContent([0, 1, 255]);
        using var answer = await SendAsync(server, HttpMethod.Post, url, content);

        Assert.Equal(418, (int)answer.StatusCode);
        Assert.Equal(("image/png", 3), (answer.Content.Headers.ContentType!.MediaType, answer.Content.Headers.ContentLength));
        Assert.Equal(["a=1; Path=/", "b=2"], answer.Headers.GetValues("Set-Cookie"));
        Assert.Equal("7", answer.Headers.GetValues("X-Number").Single());
        Assert.Equal(new byte[] { 0, 1, 255 }, await answer.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("\"hello\"", 200, "\"hello\"")]
    [InlineData("null", 200, "null")]
    [InlineData("""{"message":"hello"}""", 200, """{"message":"hello"}""")]
    [InlineData("""{"statusCode":"202","body":"plain"}""", 202, "plain")]
    [InlineData("""{"statusCode":204,"body":"lost"}""", 204, "")]
    [InlineData("""{"statusCode":201,"headers":{"x":"1"}}\0\0\0\0\0\0\0\0rest""", 201, "rest")]
    [InlineData("""{"statusCode":200,"headers":{"x":"a\tb"}}""", 200, "")]
    [InlineData("""{"statusCode":100}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":600}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":200.5}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":null}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":200,"headers":{"x":"ü"}}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":200,"headers":{"x":"\u65e5\u672c"}}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":200,"headers":{"x":"\u007f"}}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":200,"headers":{"x":"\u0000"}}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":200,"headers":{"ü":"x"}}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":200,"headers":{"":"x"}}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":200,"headers":{"x":["a"]}}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":200,"headers":{"Content-Type":"text/plain; charset=ü"}}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":200,"headers":{"Set-Cookie":"a=ü"}}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":200,"cookies":["a=ü"]}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":200,"cookies":["a=b\r\nx: y"]}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":200,"cookies":"a=b"}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":200,"headers":{"x":"ü"}}\0\0\0\0\0\0\0\0rest""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":99}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":"many"}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":200,"headers":{"a b":"c"}}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":200,"headers":{"x":"a\r\nb: c"}}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":200,"body":{}}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":200,"body":"!","isBase64Encoded":true}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":200,"body":"\ud83d"}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":200,"headers":{"x":"\ud83d"}}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("""{"statusCode":200,"cookies":["\ud83d"]}""", 502, """{"Message":"Internal Server Error"}""")]
    [InlineData("no JSON", 502, """{"Message":"Internal Server Error"}""")]
    public async Task An_answer_is_structured_or_the_body_of_a_200_or_a_502(string payload, int status, string body)
    {
        await using var server = await StartAsync();
        var url = await OpenAsync(server);
        server.Worker.Script = (_, _, _) => Task.FromResult(FakeWorker.Succeeded(Encoding.UTF8.GetBytes(payload.Replace("\\0", "\0", StringComparison.Ordinal))));

        using var answer = await SendAsync(server, HttpMethod.Get, url);

        Assert.Equal((status, body), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Failures_have_the_status_and_a_message_and_nothing_of_the_function()
    {
        await using var server = await StartAsync(static options => options with { AccountConcurrency = 1 });
        var url = await OpenAsync(server);
        var closed = await OpenAsync(server, "closed", permit: false);
        var statuses = new List<(int, string)>();

        async Task TryAsync(string address, HttpContent? content = null)
        {
            using var answer = await SendAsync(server, HttpMethod.Post, address, content);
            statuses.Add(((int)answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("Message").GetString()![..9]));
        }

        server.Worker.Script = (_, _, _) => Task.FromResult(FakeWorker.Failed("secret"));
        await TryAsync(url);
        server.Worker.Script = (_, _, _) => Task.FromResult(FakeWorker.Failed("late") with { Payload = """{"errorType":"Sandbox.Timedout"}"""u8.ToArray() });
        await TryAsync(url);
        server.Worker.Script = (_, _, _) => Task.FromResult(FakeWorker.NotRun("no memory left"));
        await TryAsync(url);
        await TryAsync(closed);
        await TryAsync(url, new ByteArrayContent(new byte[(6 * 1024 * 1024) + 1]));
        await TryAsync(url, new ByteArrayContent(new byte[5 * 1024 * 1024])); // as base64 it is too large
        await TryAsync($"http://{new string('a', 32)}.lambda-url.us-east-1.localhost:{new Uri(url).Port}/");
        await server.SendAsync(HttpMethod.Put, "/2017-10-31/functions/f/concurrency", new { ReservedConcurrentExecutions = 0 });
        await TryAsync(url);
        await server.SendAsync(HttpMethod.Delete, "/2021-10-31/functions/f/url");
        await TryAsync(url);

        Assert.Equal(
            [(502, "Internal "), (504, "Gateway T"), (503, "no memory"), (403, "Forbidden"), (413, "Request m"), (413, "Request m"), (404, "Not Found"), (429, "Rate Exce"), (404, "Not Found")],
            statuses);
    }

    [Fact]
    public async Task A_URL_with_AWS_IAM_wants_a_signature_of_its_account_or_of_one_that_its_policy_names()
    {
        await using var server = await StartAsync();
        var url = await OpenAsync(server, authType: "AWS_IAM", permit: false);

        using var nobody = await SendAsync(server, HttpMethod.Post, url);
        using var owner = await SendAsync(server, HttpMethod.Post, url + "path?q=1", new StringContent("hi"), DispatcherServer.Key);
        using var stranger = await SendAsync(server, HttpMethod.Post, url, new StringContent("hi"), DispatcherServer.OtherKey);
        await server.SendAsync(HttpMethod.Post, "/2015-03-31/functions/f/policy", new
        {
            StatementId = "other",
            Action = "lambda:InvokeFunctionUrl",
            Principal = "111111111111",
            FunctionUrlAuthType = "AWS_IAM",
        });
        using var friend = await SendAsync(server, HttpMethod.Post, url, new StringContent("hi"), DispatcherServer.OtherKey);

        Assert.Equal([403, 200, 403, 200], new[] { nobody, owner, stranger, friend }.Select(static each => (int)each.StatusCode));
        var context = JsonDocument.Parse(await friend.Content.ReadAsStringAsync()).RootElement.GetProperty("requestContext");
        Assert.Equal(("111111111111", "AKIDOTHER"), (Text(context, "accountId"), Text(context.GetProperty("authorizer").GetProperty("iam"), "accessKey")));
        Assert.StartsWith("{\"Message\":", await nobody.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cross_origin_rules_answer_the_preflight_and_replace_the_functions_own_headers()
    {
        await using var server = await StartAsync();
        var url = await OpenAsync(server, cors: new
        {
            AllowOrigins = new[] { "https://a.example" }, AllowMethods = new[] { "GET", "POST" }, AllowHeaders = new[] { "x-a" }, ExposeHeaders = new[] { "x-b" }, AllowCredentials = true, MaxAge = 60,
        });
        server.Worker.Script = (_, _, _) => Answer(new { statusCode = 200, headers = new Dictionary<string, string> { ["Access-Control-Allow-Origin"] = "*" }, body = "b" });

        using var asked = await SendAsync(server, HttpMethod.Options, url, headers: [("Origin", "https://a.example"), ("Access-Control-Request-Method", "POST")]);
        using var refused = await SendAsync(server, HttpMethod.Options, url, headers: [("Origin", "https://b.example"), ("Access-Control-Request-Method", "POST")]);
        using var called = await SendAsync(server, HttpMethod.Get, url, headers: [("Origin", "https://a.example")]);
        using var foreign = await SendAsync(server, HttpMethod.Get, url, headers: [("Origin", "https://b.example")]);

        Assert.Equal(2, server.Worker.Requests.Count);
        Assert.Equal(
            "Access-Control-Allow-Credentials: true; Access-Control-Allow-Headers: x-a; Access-Control-Allow-Methods: GET,POST; "
            + "Access-Control-Allow-Origin: https://a.example; Access-Control-Expose-Headers: x-b; Access-Control-Max-Age: 60", Cors(asked));
        Assert.Equal("", Cors(refused));
        Assert.Equal("Access-Control-Allow-Credentials: true; Access-Control-Allow-Origin: https://a.example; Access-Control-Expose-Headers: x-b", Cors(called));
        Assert.Equal("", Cors(foreign));
        static string Cors(HttpResponseMessage answer) => string.Join("; ", answer.Headers
            .Where(static header => header.Key.StartsWith("Access-Control-", StringComparison.Ordinal)).OrderBy(static header => header.Key, StringComparer.Ordinal)
            .Select(static header => $"{header.Key}: {string.Join(',', header.Value)}"));
    }

    [Fact]
    public async Task A_streaming_URL_sends_status_headers_and_the_first_byte_while_the_function_runs_and_is_cut_off_when_that_fails()
    {
        await using var server = await StartAsync();
        var url = await OpenAsync(server, invokeMode: "RESPONSE_STREAM");
        var release = new TaskCompletionSource<InvokeOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var pipe = new Pipe();
        server.Worker.Script = async (_, request, _) =>
        {
            request.Streams!(new StreamedBody(StreamedBody.HttpIntegration, pipe.Reader.AsStream()));
            await pipe.Writer.WriteAsync("{\"statusCode\":202,\"headers\":{\"x-a\":\"b\"},\"cookies\":[\"c=d\"]}\0\0\0\0\0\0\0\0first"u8.ToArray(), CancellationToken.None);
            var outcome = await release.Task;
            await pipe.Writer.CompleteAsync();
            return outcome;
        };

        using var answer = await SendAsync(server, HttpMethod.Get, url);
        var body = await answer.Content.ReadAsStreamAsync();
        var first = new byte[5];
        await body.ReadExactlyAsync(first);
        release.SetResult(FakeWorker.Failed("midway"));

        Assert.Equal((202, "b", "c=d", "first"), ((int)answer.StatusCode, answer.Headers.GetValues("x-a").Single(), answer.Headers.GetValues("Set-Cookie").Single(), Encoding.UTF8.GetString(first)));
        await Assert.ThrowsAnyAsync<IOException>(async () => await body.ReadExactlyAsync(new byte[1]));
    }

    [Fact]
    public async Task A_streaming_URL_of_a_function_that_does_not_stream_or_gives_no_prelude_answers_all_the_same()
    {
        await using var server = await StartAsync();
        var url = await OpenAsync(server, invokeMode: "RESPONSE_STREAM");
        server.Worker.Script = (_, _, _) => Answer(new { statusCode = 203, body = "whole" });
        using var whole = await SendAsync(server, HttpMethod.Get, url);
        server.Worker.Script = (_, request, _) =>
        {
            request.Streams!(new StreamedBody("text/csv", new MemoryStream("a,b"u8.ToArray())));
            return Task.FromResult(FakeWorker.Succeeded([]));
        };
        using var plain = await SendAsync(server, HttpMethod.Get, url);
        server.Worker.Script = (_, request, _) =>
        {
            request.Streams!(new StreamedBody(StreamedBody.HttpIntegration, new MemoryStream("{\"statusCode\""u8.ToArray())));
            return Task.FromResult(FakeWorker.Succeeded([]));
        };
        using var broken = await SendAsync(server, HttpMethod.Get, url);

        Assert.Equal((203, "whole"), ((int)whole.StatusCode, await whole.Content.ReadAsStringAsync()));
        Assert.Equal((200, "text/csv", "a,b"), ((int)plain.StatusCode, plain.Content.Headers.ContentType!.ToString(), await plain.Content.ReadAsStringAsync()));
        Assert.Equal(502, (int)broken.StatusCode);
    }

    [Theory]
    [InlineData("""{"statusCode":200,"headers":{"x":"\ud83d"}}""", "is not JSON")]
    [InlineData("""{"statusCode":200,"headers":{"x":"ü"}}""", "the header x has a character")]
    [InlineData("""{"statusCode":200,"headers":{"x":"a\r\nb: c"}}""", "the header x has a character")]
    [InlineData("""{"statusCode":200,"headers":{"ü":"x"}}""", "the name of a header")]
    [InlineData("""{"statusCode":200,"cookies":["a=ü"]}""", "the header Set-Cookie has a character")]
    [InlineData("""{"statusCode":1000}""", "statusCode is no number from 200 to 599")]
    [InlineData("[]", "no JSON object")]
    public async Task A_streaming_function_whose_prelude_cannot_be_sent_is_a_502_that_the_log_explains_and_is_not_kept_waiting(string prelude, string why)
    {
        var log = new LogLines(LogLevel.Information);
        await using var server = await StartAsync(log: log);
        var url = await OpenAsync(server, invokeMode: "RESPONSE_STREAM");
        var isLetGo = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 0));
        server.Worker.Script = async (_, request, _) =>
        {
            request.Streams!(new StreamedBody(StreamedBody.HttpIntegration, pipe.Reader.AsStream()));
            await pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(prelude + new string('\0', 8) + "what nobody reads"), CancellationToken.None); // returns when it is read, or disposed
            isLetGo.SetResult();
            return FakeWorker.Succeeded([]);
        };

        using var answer = await SendAsync(server, HttpMethod.Get, url);
        await isLetGo.Task.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal((502, """{"Message":"Internal Server Error"}"""), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        var line = Assert.Single(log.All, static line => line.Contains("cannot be sent", StringComparison.Ordinal));
        Assert.Contains(why, line, StringComparison.Ordinal);
        Assert.Contains(answer.Headers.GetValues("x-amzn-RequestId").Single(), line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_streamed_answer_without_a_body_is_a_502_if_the_function_fails_for_nothing_has_been_sent()
    {
        var log = new LogLines(LogLevel.Information);
        await using var server = await StartAsync(log: log);
        var url = await OpenAsync(server, invokeMode: "RESPONSE_STREAM");
        server.Worker.Script = (_, request, _) =>
        {
            request.Streams!(new StreamedBody(StreamedBody.HttpIntegration, new MemoryStream("{\"statusCode\":204,\"headers\":{\"x-own\":\"1\"}}\0\0\0\0\0\0\0\0"u8.ToArray())));
            return Task.FromResult(FakeWorker.Failed("midway"));
        };

        using var answer = await SendAsync(server, HttpMethod.Get, url);

        Assert.Equal((502, false), ((int)answer.StatusCode, answer.Headers.Contains("x-own")));
        Assert.Contains(log.All, static line => line.Contains("failed after its answer had begun", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_domain_of_ones_own_is_in_the_URL_and_both_names_lead_to_the_function_by_alias_and_after_a_restart()
    {
        string url;
        await using (var first = await StartAsync(static options => options with { FunctionUrlBase = "https://fn.example.com:8443" }))
        {
            await first.SendAsync(HttpMethod.Post, "/2015-03-31/functions/f/versions", new { });
            await first.SendAsync(HttpMethod.Post, "/2015-03-31/functions/f/aliases", new { Name = "live", FunctionVersion = "1" });
            url = await OpenAsync(first, qualifier: "live");
        }

        await using var server = await DispatcherServer.StartAsync(_folder, static options => options with { FunctionUrlBase = "https://fn.example.com:8443" });
        var id = new Uri(url).Host.Split('.')[0];
        using var own = await SendAsync(server, HttpMethod.Get, "http://" + new Uri(url).Authority + "/");
        using var local = await SendAsync(server, HttpMethod.Get, $"http://{id}.lambda-url.us-east-1.localhost/");

        Assert.Matches("^https://[a-z2-7]{32}[.]fn[.]example[.]com:8443/$", url);
        Assert.Equal([200, 200], new[] { own, local }.Select(static each => (int)each.StatusCode));
        Assert.Equal("arn:aws:lambda:us-east-1:000000000000:function:f:live", server.Worker.Requests.First().InvokedFunctionArn);
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static Task<InvokeOutcome> Answer(object answer) => Task.FromResult(FakeWorker.Succeeded(JsonSerializer.SerializeToUtf8Bytes(answer)));

    private static async Task<string> OpenAsync(
        DispatcherServer server, string name = "f", string authType = "NONE", string invokeMode = "BUFFERED", bool permit = true, object? cors = null, string? qualifier = null)
    {
        var query = qualifier is null ? "" : "?Qualifier=" + qualifier;
        if (name != "f")
        {
            await server.DeployAsync(name);
        }

        var made = await server.SendAsync(HttpMethod.Post, $"/2021-10-31/functions/{name}/url{query}", new { AuthType = authType, InvokeMode = invokeMode, Cors = cors });
        made.ExpectOk();
        if (permit)
        {
            (await server.SendAsync(HttpMethod.Post, $"/2015-03-31/functions/{name}/policy{query}", new
            {
                StatementId = "url",
                Action = "lambda:InvokeFunctionUrl",
                Principal = "*",
                FunctionUrlAuthType = authType,
            })).ExpectOk();
        }

        return made.Json.GetProperty("FunctionUrl").GetString()!;
    }

    /// <summary>By the Host header, whatever this machine makes of the name.</summary>
    private async Task<HttpResponseMessage> SendAsync(
        DispatcherServer server, HttpMethod method, string url, HttpContent? content = null, Credential? signer = null, params (string Name, string Value)[] headers)
    {
        var address = new Uri(url);
        using var request = new HttpRequestMessage(method, new Uri(server.Endpoint + address.PathAndQuery)) { Content = content };
        request.Headers.Host = address.Authority;
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (signer is not null)
        {
            request.RequestUri = address;
            _signer.Sign(request, signer, "us-east-1", "lambda", Convert.ToHexStringLower(SHA256.HashData(await content!.ReadAsByteArrayAsync())));
            request.RequestUri = new Uri(server.Endpoint + address.PathAndQuery);
        }

        return await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private async Task<DispatcherServer> StartAsync(Func<DispatcherOptions, DispatcherOptions>? configure = null, LogLines? log = null)
    {
        var server = await DispatcherServer.StartAsync(_folder, configure, log: log);
        await server.DeployAsync("f");
        return server;
    }
}
