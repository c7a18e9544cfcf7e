using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Glue.Foundation.Signing;
using Glue.ObjectStore.TestHost;

namespace Glue.ObjectStore.FunctionalTests;

/// <summary>Requests no SDK would send, signed well or badly: each gets S3's error, and nothing of them stays.</summary>
public sealed class MalformedRequestTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    private static readonly SigV4Signer Signer = new(TimeProvider.System);
    private static readonly HttpClient Http = new();

    /// <summary>1,025 bytes.</summary>
    private const string TooLong = Hundred + Hundred + Hundred + Hundred + Hundred + Hundred + Hundred + Hundred + Hundred + Hundred + "/aaaaaaaaaaaaaaaaaaaaaaaa";
    private const string Hundred = "aaaaaaaaaaaaaaaaaaaaaaaaa/aaaaaaaaaaaaaaaaaaaaaaaa/aaaaaaaaaaaaaaaaaaaaaaaa/aaaaaaaaaaaaaaaaaaaaaaaa";

    [Theory]
    [InlineData("POST", "?delete", "", "MalformedXML")]
    [InlineData("POST", "?delete", "<Delete><Object><Key>a</Key>", "MalformedXML")]
    [InlineData("POST", "?delete", "<Delete></Delete>", "MalformedXML")]
    [InlineData("POST", "?delete", "<Delete><Object><Key></Key></Object></Delete>", "MalformedXML")]
    [InlineData("POST", "?delete", "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><Delete><Object><Key>&e;</Key></Object></Delete>", "MalformedXML")]
    [InlineData("PUT", "?notification", "<Other/>", "MalformedXML")]
    [InlineData("PUT", "?notification", "<NotificationConfiguration><CloudFunctionConfiguration/></NotificationConfiguration>", "MalformedXML")]
    [InlineData("PUT", "?notification", "{\"json\": 1}", "MalformedXML")]
    [InlineData("PUT", "?unheard-of", "", "NotImplemented")]
    [InlineData("GET", "?torrent", "", "NotImplemented")]
    [InlineData("PATCH", "", "", "MethodNotAllowed")]
    [InlineData("POST", "/key?uploadId=none", "<CompleteMultipartUpload/>", "NoSuchUpload")]
    [InlineData("PUT", "/key?partNumber=x&uploadId=none", "", "InvalidArgument")]
    [InlineData("GET", "?max-keys=many", "", "InvalidArgument")]
    [InlineData("GET", "?max-keys=-1", "", "InvalidArgument")]
    [InlineData("GET", "/%ff", "", "InvalidURI")]
    [InlineData("POST", "?delete", "<Delete><Object><Key>a&#0;b</Key></Object></Delete>", "MalformedXML")]
    [InlineData("POST", "?delete", "<Delete><Object><Key>&#xD800;</Key></Object></Delete>", "MalformedXML")]
    [InlineData("POST", "?delete", "<Delete><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>", "MalformedXML")]
    [InlineData("PUT", "?tagging", "<Tagging><TagSet/><TagSet/></Tagging>", "MalformedXML")]
    [InlineData("PUT", "/key?tagging", "<Tagging><TagSet/><TagSet/></Tagging>", "MalformedXML")]
    [InlineData("PUT", "?tagging", "<Tagging><TagSet><Tag><Key>a&#1;</Key><Value>b</Value></Tag></TagSet></Tagging>", "MalformedXML")]
    [InlineData("PUT", "/key?tagging", "<Tagging><TagSet><Tag><Key>&#xD800;</Key><Value>b</Value></Tag></TagSet></Tagging>", "MalformedXML")]
    [InlineData("PUT", "?lifecycle", "<LifecycleConfiguration><Rule><ID>a&#1;</ID><Filter/><Status>Enabled</Status><Expiration><Days>3</Days></Expiration></Rule></LifecycleConfiguration>", "MalformedXML")]
    [InlineData("PUT", "?cors", "<CORSConfiguration><CORSRule><AllowedOrigin>&#1;</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>", "MalformedXML")]
    [InlineData("PUT", "?cors", "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod><ExposeHeader>a&#10;b</ExposeHeader></CORSRule></CORSConfiguration>", "InvalidRequest")]
    [InlineData("PUT", "?publicAccessBlock", "<PublicAccessBlockConfiguration><BlockPublicAcls>&#xD800;</BlockPublicAcls></PublicAccessBlockConfiguration>", "MalformedXML")]
    [InlineData("PUT", "?policy", """{"Version":"\ud800","Statement":[]}""", "MalformedPolicy")]
    [InlineData("PUT", "?policy", """{"Statement":[{"Effect":"Allow","Principal":"*","Action":["s3:\ud800"],"Resource":"arn:aws:s3:::b/*"}]}""", "MalformedPolicy")]
    [InlineData("PUT", "/" + TooLong, "x", "KeyTooLongError")]
    [InlineData("POST", "/" + TooLong + "?uploads", "", "KeyTooLongError")]
    [InlineData("PUT", "/../" + TooLong, "x", "KeyTooLongError")]
    public async Task Nonsense_gets_an_error_of_s3(string method, string target, string body, string code)
    {
        var bucket = await store.BucketAsync();

        var (status, answer) = await SendAsync(method, $"/{bucket}{target}", Encoding.UTF8.GetBytes(body));

        Assert.InRange(status, 400, 501);
        Assert.NotEqual(500, status);
        Assert.Contains($"<Code>{code}</Code>", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_not_the_signed_one_leaves_no_object()
    {
        var bucket = await store.BucketAsync();

        var (status, answer) = await SendAsync("PUT", $"/{bucket}/k", [1, 2, 3], payloadHash: Convert.ToHexStringLower(SHA256.HashData([9])));

        Assert.Equal(400, status);
        Assert.Contains("XAmzContentSHA256Mismatch", answer, StringComparison.Ordinal);
        await NothingStaysAsync(bucket);
    }

    [Fact]
    public async Task A_chunked_body_without_its_decoded_length_is_refused()
    {
        var bucket = await store.BucketAsync();

        var (_, answer) = await SendAsync("PUT", $"/{bucket}/k", "0\r\n\r\n"u8.ToArray(), payloadHash: "STREAMING-UNSIGNED-PAYLOAD-TRAILER");

        Assert.Contains("<Code>MissingContentLength</Code>", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trailing_checksum_that_is_wrong_or_missing_leaves_no_object()
    {
        var bucket = await store.BucketAsync();
        foreach (var (trailer, code) in new[] { ("x-amz-checksum-crc32:AAAAAA==\r\n", "BadDigest"), ("", "InvalidRequest") })
        {
            var (_, answer) = await PutWithTrailersAsync(bucket, trailer);

            Assert.Contains($"<Code>{code}</Code>", answer, StringComparison.Ordinal);
        }

        await NothingStaysAsync(bucket);
    }

    [Fact]
    public async Task Trailers_that_were_not_announced_or_are_more_than_16_KiB_are_refused_and_leave_no_object()
    {
        var bucket = await store.BucketAsync();
        foreach (var trailer in new[] { "x-amz-other:1\r\n", string.Concat(Enumerable.Repeat($"x-amz-checksum-crc32:{new string('A', 6000)}\r\n", 200)) })
        {
            var (status, answer) = await PutWithTrailersAsync(bucket, trailer);

            Assert.Equal(400, status);
            Assert.Contains("<Code>InvalidRequest</Code>", answer, StringComparison.Ordinal);
        }

        await NothingStaysAsync(bucket);
    }

    [Fact]
    public async Task A_part_whose_ETag_is_half_a_character_is_refused()
    {
        var bucket = await store.BucketAsync();
        using var sdk = store.Sdk();
        var upload = (await sdk.InitiateMultipartUploadAsync(bucket, "k")).UploadId;

        var (status, answer) = await SendAsync(
            "POST", $"/{bucket}/k?uploadId={upload}", "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>&#xD800;</ETag></Part></CompleteMultipartUpload>"u8.ToArray());

        Assert.Equal(400, status);
        Assert.Contains("<Code>MalformedXML</Code>", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("response-content-type")]
    [InlineData("response-content-language")]
    [InlineData("response-expires")]
    [InlineData("response-cache-control")]
    [InlineData("response-content-disposition")]
    [InlineData("response-content-encoding")]
    public async Task An_override_that_no_header_can_hold_is_refused(string name)
    {
        var bucket = await store.BucketAsync();
        Assert.Equal(200, (await SendAsync("PUT", $"/{bucket}/k", [1])).Status);

        var (status, answer) = await SendAsync("GET", $"/{bucket}/k?{name}=a%0D%0Ab", []);

        Assert.Equal(400, status);
        Assert.Contains($"<Code>InvalidArgument</Code><Message>{name} holds a control character", answer, StringComparison.Ordinal);
        Assert.Equal(200, (await SendAsync("GET", $"/{bucket}/k?{name}=a%09%C3%BC", [])).Status);
    }

    [Fact]
    public async Task A_carriage_return_in_a_key_stays_one_in_listings()
    {
        var bucket = await store.BucketAsync();
        Assert.Equal(200, (await SendAsync("PUT", $"/{bucket}/a%0Db", [1])).Status);

        Assert.Contains("<Key>a&#xD;b</Key>", (await SendAsync("GET", $"/{bucket}?list-type=2", [])).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chunk_with_another_signature_or_of_another_length_leaves_no_object()
    {
        var bucket = await store.BucketAsync();
        var wrong = new string('0', 64);
        foreach (var (body, length, code) in new[]
        {
            ($"3;chunk-signature={wrong}\r\nabc\r\n0;chunk-signature={wrong}\r\n\r\n", "3", "SignatureDoesNotMatch"),
            ("3\r\nabc\r\n0\r\n\r\n", "3", "SignatureDoesNotMatch"),
            ($"4;chunk-signature={wrong}\r\nabcd\r\n0;chunk-signature={wrong}\r\n\r\n", "3", "IncompleteBody"),
            ($"zz;chunk-signature={wrong}\r\nabc\r\n", "3", "InvalidRequest"),
            ($"3;chunk-signature={wrong}\r\nab", "3", "IncompleteBody"),
        })
        {
            var (_, answer) = await SendAsync(
                "PUT", $"/{bucket}/k", Encoding.ASCII.GetBytes(body), payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", ("x-amz-decoded-content-length", length));

            Assert.Contains($"<Code>{code}</Code>", answer, StringComparison.Ordinal);
        }

        await NothingStaysAsync(bucket);
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_of_its_body_leaves_no_object_and_no_file()
    {
        var bucket = await store.BucketAsync();
        var files = CountFiles();
        using (await BeginPutAsync($"/{bucket}/half", announced: 1_000_000, sent: 500_000))
        {
            await PollAsync(() => CountFiles() > files);
        }

        await PollAsync(() => CountFiles() == files);
        await NothingStaysAsync(bucket);
    }

    [Fact]
    public async Task A_client_that_stalls_in_its_body_gets_the_error_that_SDKs_send_the_request_again_for_and_leaves_no_object()
    {
        var bucket = await store.BucketAsync();
        using var stalled = await BeginPutAsync($"/{bucket}/k", announced: 10, sent: 1);
        using var answer = new StreamReader(stalled.GetStream(), Encoding.UTF8);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));

        var text = await answer.ReadToEndAsync(limit.Token);

        Assert.StartsWith("HTTP/1.1 400 ", text, StringComparison.Ordinal);
        Assert.Contains("<Code>RequestTimeout</Code>", text, StringComparison.Ordinal);
        await NothingStaysAsync(bucket);
    }

    [Theory]
    [InlineData("PUT", "")]
    [InlineData("DELETE", "")]
    [InlineData("POST", "?uploads")]
    public async Task A_key_with_NUL_is_refused_by_the_server_itself(string method, string query)
    {
        var bucket = await store.BucketAsync();

        Assert.Equal(400, (await SendAsync(method, $"/{bucket}/a%00b{query}", [])).Status);

        await NothingStaysAsync(bucket);
    }

    [Fact]
    public async Task Dots_in_a_path_are_a_key_and_reach_no_file_and_no_other_bucket()
    {
        var (bucket, other) = (await store.BucketAsync(), await store.BucketAsync());
        var target = $"/{bucket}/../{other}/../../etc/passwd";

        Assert.Equal(200, (await SendAsync("PUT", target, "mine"u8.ToArray())).Status);

        Assert.Equal((200, "mine"), await SendAsync("GET", target, []));
        using var sdk = store.Sdk();
        Assert.Equal($"../{other}/../../etc/passwd", Assert.Single((await sdk.ListObjectsV2Async(new() { BucketName = bucket })).S3Objects).Key);
        await NothingStaysAsync(other);
    }

    [Fact]
    public async Task The_header_that_allows_recursion_reaches_the_rules()
    {
        var bucket = await store.BucketAsync();
        const string Configuration =
            """
            <NotificationConfiguration><CloudFunctionConfiguration><CloudFunction>arn:aws:lambda:us-east-1:000000000000:function:f</CloudFunction>
            <Event>s3:ObjectCreated:*</Event></CloudFunctionConfiguration></NotificationConfiguration>
            """;

        var (status, _) = await SendAsync("PUT", $"/{bucket}?notification", Encoding.UTF8.GetBytes(Configuration), null, ("x-glue-allow-recursion", "true"));

        Assert.Equal(200, status);
        var rule = Assert.Single(store.Server.Notifications.Kept[bucket].Rules);
        Assert.True(rule.AllowsRecursion);
        Assert.NotEqual("", rule.Id);
    }

    private async Task NothingStaysAsync(string bucket)
    {
        using var sdk = store.Sdk();
        Assert.Empty((await sdk.ListObjectsV2Async(new() { BucketName = bucket })).S3Objects ?? []);
    }

    private int CountFiles() => Directory.EnumerateFiles(Path.Combine(store.Folder, "blobs"), "*", SearchOption.AllDirectories).Count();

    private static async Task PollAsync(Func<bool> holds)
    {
        for (var i = 0; !holds(); i++)
        {
            Assert.True(i < 400, "did not come true within 10 s");
            await Task.Delay(25);
        }
    }

    /// <summary>A put whose body has not come whole.</summary>
    private async Task<TcpClient> BeginPutAsync(string target, int announced, int sent)
    {
        using var message = Signed("PUT", target, SigV4Signer.UnsignedPayload);
        var head = new StringBuilder($"PUT {target} HTTP/1.1\r\nHost: {new Uri(store.Server.Endpoint).Authority}\r\nContent-Length: {announced}\r\n");
        foreach (var header in message.Headers.NonValidated)
        {
            head.Append(header.Key).Append(": ").Append(header.Value).Append("\r\n");
        }

        var client = new TcpClient("127.0.0.1", new Uri(store.Server.Endpoint).Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").Append('x', sent).ToString()));
        return client;
    }

    private Task<(int Status, string Body)> PutWithTrailersAsync(string bucket, string trailers) => SendAsync(
        "PUT", $"/{bucket}/k", Encoding.ASCII.GetBytes($"3\r\nabc\r\n0\r\n{trailers}\r\n"), payloadHash: "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        ("x-amz-decoded-content-length", "3"), ("x-amz-trailer", "x-amz-checksum-crc32"));

    private async Task<(int Status, string Body)> SendAsync(
        string method, string target, byte[] body, string? payloadHash = null, params (string Name, string Value)[] headers)
    {
        using var message = Signed(method, target, payloadHash ?? Convert.ToHexStringLower(SHA256.HashData(body)), headers);
        message.Content = body.Length > 0 ? new ByteArrayContent(body) : null;
        using var answer = await Http.SendAsync(message);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private HttpRequestMessage Signed(string method, string target, string payloadHash, params (string Name, string Value)[] headers)
    {
        // Without this the client itself would resolve the dots in the path.
        var uri = new Uri(store.Server.Endpoint + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var message = new HttpRequestMessage(new HttpMethod(method), uri);
        foreach (var (name, value) in headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        Signer.Sign(message, TestKeys.Owner, "us-east-1", "s3", payloadHash);
        return message;
    }
}
