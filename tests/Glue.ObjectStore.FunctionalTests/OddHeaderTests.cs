using System.Net.Sockets;
using System.Text;
using Amazon.S3.Model;
using Glue.ObjectStore.TestHost;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Glue.ObjectStore.FunctionalTests;

/// <summary>Headers that the server reads and would not send, and what goes wrong while an answer is made. Requests as bytes: no client sends them.</summary>
public sealed class OddHeaderTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    [Fact]
    public async Task Metadata_under_a_name_that_cannot_be_sent_back_is_refused_in_headers_and_in_forms()
    {
        var bucket = await OpenBucketAsync();
        const string Form = "--X\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nform\r\n--X\r\nContent-Disposition: form-data; name=\"x-amz-meta-a b\"\r\n\r\nv\r\n"
            + "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nhello\r\n--X--\r\n";

        var put = await SendAsync($"PUT /{bucket}/put", "x-amz-meta-a(b): v", "body");
        var upload = await SendAsync($"POST /{bucket}/many?uploads", "x-amz-meta-a(b): v");
        var form = await SendAsync($"POST /{bucket}", "Content-Type: multipart/form-data; boundary=X", Form);

        Assert.All([put, upload, form], static answer => Refused("InvalidArgument", answer));
        using var sdk = store.Sdk();
        Assert.Empty((await sdk.ListObjectsV2Async(new() { BucketName = bucket })).S3Objects ?? []);
    }

    [Fact]
    public async Task An_origin_and_headers_of_a_preflight_that_cannot_be_sent_back_are_refused()
    {
        var bucket = await OpenBucketAsync();
        using var sdk = store.Sdk();
        await sdk.PutCORSConfigurationAsync(bucket, new() { Rules = [new() { AllowedOrigins = ["http://*"], AllowedMethods = ["GET"], AllowedHeaders = ["*"] }] });

        Refused("InvalidArgument", await SendAsync($"GET /{bucket}/k", "Origin: http://a\u0001b"));
        Refused("InvalidArgument", await SendAsync($"OPTIONS /{bucket}/k", "Origin: http://a\r\nAccess-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: a\u0001b"));
        Assert.StartsWith("HTTP/1.1 200 ", await SendAsync($"OPTIONS /{bucket}/k", "Origin: http://a\r\nAccess-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: a"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_that_cannot_be_written_is_answered_without_the_callers_texts()
    {
        var http = Request("GET", "/\ud800");

        await store.Server.Calls.AnswerAsync(http, TestKeys.Owner);

        Assert.InRange(http.Response.StatusCode, 400, 499);
        var answer = Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray());
        Assert.Contains("<Code>", answer, StringComparison.Ordinal);
        Assert.Contains("<RequestId>", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("<Resource>", answer, StringComparison.Ordinal);
    }

    public static TheoryData<Exception> Breaks => [new ConnectionAbortedException(), new ConnectionResetException(""), new TaskCanceledException("", new ConnectionAbortedException())];

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task A_connection_that_breaks_in_a_body_is_a_client_that_left_and_no_failure(Exception broken)
    {
        var http = Request("PUT", $"/{await store.BucketAsync()}/k");
        http.Request.ContentLength = 1_000_000;
        http.Request.Body = new BrokenStream(broken);
        var lifetime = new Lifetime();
        http.Features.Set<IHttpRequestLifetimeFeature>(lifetime);

        await store.Server.Calls.AnswerAsync(http, TestKeys.Owner);

        Assert.True(lifetime.IsAborted);
        Assert.Equal(StatusCodes.Status499ClientClosedRequest, http.Response.StatusCode);
    }

    private static DefaultHttpContext Request(string method, string target)
    {
        var http = new DefaultHttpContext();
        var request = http.Features.GetRequiredFeature<IHttpRequestFeature>();
        (request.Method, request.RawTarget) = (method, target);
        http.Response.Body = new MemoryStream();
        return http;
    }

    private static void Refused(string code, string answer)
    {
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains($"<Code>{code}</Code>", answer, StringComparison.Ordinal);
    }

    /// <summary>Everybody may use it: nothing has to be signed.</summary>
    private async Task<string> OpenBucketAsync()
    {
        var bucket = await store.BucketAsync();
        using var sdk = store.Sdk();
        await sdk.PutBucketPolicyAsync(new PutBucketPolicyRequest
        {
            BucketName = bucket,
            Policy = $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::{{bucket}}/*"}]}""",
        });
        return bucket;
    }

    private async Task<string> SendAsync(string line, string headers, string body = "")
    {
        var endpoint = new Uri(store.Server.Endpoint);
        using var client = new TcpClient(endpoint.Host, endpoint.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"{line} HTTP/1.1\r\nHost: {endpoint.Authority}\r\nConnection: close\r\n{headers}\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromMinutes(2));
    }

    private sealed class Lifetime : IHttpRequestLifetimeFeature
    {
        public bool IsAborted { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => IsAborted = true;
    }

    private sealed class BrokenStream(Exception broken) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromException<int>(broken);
    }
}
