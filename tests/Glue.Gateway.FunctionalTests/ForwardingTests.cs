using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Glue.Foundation.Checksums;

namespace Glue.Gateway.FunctionalTests;

/// <summary>What of a request reaches the store, and in whose name.</summary>
public sealed class ForwardingTests : IAsyncLifetime
{
    private readonly TestCredentials _credentials = new();
    private RecordingStore _store = null!;
    private GatewayHost _host = null!;

    public async Task InitializeAsync()
    {
        _store = await RecordingStore.StartAsync(_credentials);
        _host = await GatewayHost.StartAsync(() => _store.Address, _credentials);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task An_unsigned_request_reaches_the_store_signed_by_the_functions_account()
    {
        using var client = Client();
        using var put = await client.PutAsync("/bucket/key", new StringContent("hello"));
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Assert.Equal("\"0123\"", put.Headers.ETag!.Tag);
        Assert.Equal("GATEWAY" + GatewayHost.Account, Assert.Single(_store.Requests).SignedBy);
        Assert.Equal("hello", Encoding.UTF8.GetString(_store.Objects["/bucket/key"]));
    }

    [Fact]
    public async Task The_callers_own_signature_never_reaches_the_store()
    {
        var (bridge, sandbox) = _host.StartSandbox();
        using var client = _host.HttpClient(bridge);
        var keys = _host.KeysOf(sandbox);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/bucket/key?versionId=7&X-Amz-Signature=ab&X-Amz-Credential={keys.AccessKeyId}%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20260101T000000Z");
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential={keys.AccessKeyId}/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00");
        request.Headers.TryAddWithoutValidation("x-amz-security-token", keys.Token);
        (await client.SendAsync(request)).Dispose();
        var seen = Assert.Single(_store.Requests);
        Assert.Equal("/bucket/key?versionId=7", seen.RawTarget);
        Assert.Equal("GATEWAY" + GatewayHost.Account, seen.SignedBy);
        Assert.False(seen.Headers.ContainsKey("x-amz-security-token"));
    }

    [Theory]
    [InlineData("/bucket/a%2Fb%20c%2B+d")]
    [InlineData("/bucket/a/%2E%2E/b")]
    [InlineData("/bucket/a//b///c")]
    [InlineData("/bucket/%F0%9F%90%B1.jpg?tagging")]
    [InlineData("/bucket?list-type=2&prefix=a%2Fb&delimiter=%2F")]
    public async Task A_target_reaches_the_store_byte_for_byte(string target)
    {
        using var client = Client();
        var uri = new Uri(client.BaseAddress!.GetLeftPart(UriPartial.Authority) + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        (await client.GetAsync(uri)).Dispose();
        var seen = Assert.Single(_store.Requests);
        Assert.Equal(target, seen.RawTarget);
        Assert.NotNull(seen.SignedBy);
    }

    [Fact]
    public async Task Ranges_conditions_checksums_and_metadata_pass_and_hop_by_hop_and_glue_headers_do_not()
    {
        using var client = Client();
        using var request = new HttpRequestMessage(HttpMethod.Put, "/bucket/key") { Content = new StringContent("hello", Encoding.UTF8, "image/jpeg") };
        request.Headers.TryAddWithoutValidation("Range", "bytes=0-3");
        request.Headers.TryAddWithoutValidation("If-None-Match", "*");
        request.Headers.TryAddWithoutValidation("x-amz-checksum-crc32", "NhCmhg==");
        request.Headers.TryAddWithoutValidation("x-amz-meta-colour", "red");
        request.Headers.TryAddWithoutValidation("x-amz-copy-source", "/bucket/other");
        request.Headers.TryAddWithoutValidation("x-glue-lineage", "0");
        request.Headers.TryAddWithoutValidation("X-Glue-Allow-Recursion", "true");
        request.Headers.TryAddWithoutValidation("Keep-Alive", "timeout=5");
        (await client.SendAsync(request)).Dispose();
        var headers = Assert.Single(_store.Requests).Headers;
        Assert.Equal("bytes=0-3", headers["Range"]);
        Assert.Equal("*", headers["If-None-Match"]);
        Assert.Equal("NhCmhg==", headers["x-amz-checksum-crc32"]);
        Assert.Equal("red", headers["x-amz-meta-colour"]);
        Assert.Equal("/bucket/other", headers["x-amz-copy-source"]);
        Assert.StartsWith("image/jpeg", headers["Content-Type"], StringComparison.Ordinal);
        Assert.Equal("1", headers["x-glue-lineage"]);
        Assert.False(headers.ContainsKey("x-glue-allow-recursion"));
        Assert.False(headers.ContainsKey("Keep-Alive"));
    }

    [Theory]
    [InlineData("/bucket/key?partNumber=1&uploadId=u", "xxh128")]
    [InlineData("/far/key?partNumber=1&uploadId=u", null)]
    public async Task What_a_parts_ETag_is_to_be_is_told_to_the_embedded_store_signed_and_to_no_other(string target, string? told)
    {
        await using var host = await GatewayHost.StartAsync(() => _store.Address, _credentials, policies: null, new OneAttachedStore(_store.Address));
        using var client = host.HttpClient(host.StartSandbox().Bridge);
        using var request = new HttpRequestMessage(HttpMethod.Put, target) { Content = new StringContent("part") };
        request.Headers.TryAddWithoutValidation("X-Glue-Part-ETag", "xxh128");
        using var answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var seen = Assert.Single(_store.Requests);
        Assert.NotNull(seen.SignedBy);
        Assert.Equal(told, seen.Headers.GetValueOrDefault("x-glue-part-etag"));
        Assert.Equal(told is not null, seen.Headers["Authorization"].Contains(";x-glue-part-etag", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Writes_carry_the_running_invocations_lineage_plus_one_and_reads_carry_none()
    {
        var (bridge, sandbox) = _host.StartSandbox(lineageDepth: 3);
        using var client = _host.HttpClient(bridge);
        (await client.PutAsync("/bucket/key", new StringContent("a"))).Dispose();
        sandbox.CurrentLineageDepth = 7; // the next invocation, on the same connection
        (await client.PostAsync("/bucket/key?uploadId=1", new StringContent("<CompleteMultipartUpload/>"))).Dispose();
        (await client.DeleteAsync("/bucket/key")).Dispose();
        (await client.GetAsync("/bucket/key")).Dispose();
        Assert.Equal(["4", "8", "8", null], _store.Requests.Select(request => request.Headers.GetValueOrDefault("x-glue-lineage")));
    }

    [Fact]
    public async Task Each_sandbox_speaks_for_its_own_account()
    {
        using var client = _host.HttpClient(_host.StartSandbox(GatewayHost.OtherAccount).Bridge);
        (await client.GetAsync("/bucket/key")).Dispose();
        Assert.Equal("GATEWAY" + GatewayHost.OtherAccount, Assert.Single(_store.Requests).SignedBy);
    }

    [Fact]
    public async Task The_stores_answer_comes_back_with_its_status_headers_and_body()
    {
        _store.Objects["/bucket/key"] = Encoding.UTF8.GetBytes("stored");
        using var client = Client();
        using var found = await client.GetAsync("/bucket/key");
        Assert.Equal("stored", await found.Content.ReadAsStringAsync());
        Assert.Equal("Zürich", Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(found.Headers.GetValues("x-amz-meta-name").Single())));
        using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/bucket/key"));
        Assert.Equal(6, head.Content.Headers.ContentLength);
        using var missing = await client.GetAsync("/bucket/none");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Contains("NoSuchKey", await missing.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_of_the_store_is_handed_back_and_not_followed()
    {
        _store.Instead = context =>
        {
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = "http://127.0.0.1:9/elsewhere";
            return Task.FromResult(true);
        };
        _host.ClientHandler.AllowAutoRedirect = false;
        using var client = Client();
        using var answer = await client.GetAsync("/bucket/key");
        Assert.Equal(HttpStatusCode.TemporaryRedirect, answer.StatusCode);
    }

    [Theory]
    [InlineData("PATCH", "/bucket/key", null, "PATCH is not a request for storage.")]
    [InlineData("POST", "/", "Credential=AK/20260101/us-east-1/dynamodb/aws4_request,", "this request is for dynamodb")]
    [InlineData("GET", "/", "Credential=AK/20260101/us-east-1/sts/aws4_request,", "this request is for sts")]
    public async Task What_is_not_a_storage_request_is_denied_by_the_gateway_itself(string method, string path, string? authorization, string reason)
    {
        using var client = Client();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 " + authorization);
        }

        using var answer = await client.SendAsync(request);
        var xml = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("<Code>AccessDenied</Code>", xml, StringComparison.Ordinal);
        Assert.Contains(reason, xml, StringComparison.Ordinal);
        Assert.Empty(_store.Requests);
    }

    [Fact]
    public async Task A_request_for_another_host_in_proxy_form_is_denied()
    {
        var (bridge, _) = _host.StartSandbox();
        var answer = await RawHttp.SendAsync(bridge.Address, "GET http://example.org/bucket/key HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n"u8.ToArray());
        Assert.StartsWith("HTTP/1.1 403", answer, StringComparison.Ordinal);
        Assert.Contains("not a proxy", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_of_the_hosts_other_endpoints_never_meet_the_gateway()
    {
        using var client = new HttpClient { BaseAddress = _host.OrdinaryAddress };
        Assert.Equal("not from a sandbox", await client.GetStringAsync("/bucket/key"));
        Assert.Empty(_store.Requests);
    }

    [Fact]
    public async Task What_a_sandbox_moved_is_counted_in_both_directions()
    {
        var (bridge, sandbox) = _host.StartSandbox();
        using var client = _host.HttpClient(bridge);
        (await client.PutAsync("/bucket/key", new ByteArrayContent(new byte[1000]))).Dispose();
        Assert.Equal(1000, (await client.GetByteArrayAsync("/bucket/key")).Length);
        var usage = sandbox.Usage;
        Assert.Equal((2, 1000, 1000), (usage.Requests, usage.BytesWritten, usage.BytesRead));
    }

    private HttpClient Client() => _host.HttpClient(_host.StartSandbox().Bridge);
}
