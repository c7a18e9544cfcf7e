using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;
using Glue.Foundation.Signing;
using Glue.ObjectStore.TestHost;
using Glue.Workers.Gateway;
using Glue.Workers.Sandboxes;

namespace Glue.Gateway.FunctionalTests;

/// <summary>The store as a server of its own.</summary>
public sealed class StoreBehindASocketTests() : RealStoreTests(inProcess: false);

/// <summary>The store in the gateway's process.</summary>
public sealed class StoreInTheSameProcessTests() : RealStoreTests(inProcess: true);

/// <summary>Clients that know nothing of the gateway, through it to the embedded object store.</summary>
/// <param name="inProcess">The store takes the function's request itself, as in the embedded stack.</param>
public abstract class RealStoreTests(bool inProcess) : IAsyncLifetime
{
    private const string Account = "000000000000";

    private readonly TempFolder _folder = new();
    private StoreServer _store = null!;
    private GatewayHost _host = null!;

    public async Task InitializeAsync()
    {
        _store = await StoreServer.StartAsync(_folder.Path);
        var options = new StorageGatewayOptions { Upstream = () => new Uri(_store.Endpoint), Embedded = inProcess ? _store.Calls.AnswerAsync : null };
        _host = await GatewayHost.StartAsync(options.Upstream, new StoreKeys(), options: options);
        using var owner = Client(new Uri(_store.Endpoint), TestKeys.Owner);
        await owner.PutBucketAsync("photos");
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task AWSSDK_puts_gets_ranges_lists_copies_and_deletes()
    {
        using var s3 = Sandbox();
        await s3.PutObjectAsync(new PutObjectRequest
        {
            BucketName = "photos", Key = "a b+c/ü.txt", ContentBody = "0123456789", ContentType = "text/x-test", Metadata = { ["colour"] = "red" },
        });
        using (var whole = await s3.GetObjectAsync("photos", "a b+c/ü.txt"))
        {
            Assert.Equal("0123456789", await new StreamReader(whole.ResponseStream).ReadToEndAsync());
            Assert.Equal(("text/x-test", "red"), (whole.Headers.ContentType, whole.Metadata["colour"]));
        }

        using (var part = await s3.GetObjectAsync(new GetObjectRequest { BucketName = "photos", Key = "a b+c/ü.txt", ByteRange = new ByteRange(2, 4) }))
        {
            Assert.Equal(HttpStatusCode.PartialContent, part.HttpStatusCode);
            Assert.Equal("234", await new StreamReader(part.ResponseStream).ReadToEndAsync());
        }

        await s3.CopyObjectAsync("photos", "a b+c/ü.txt", "photos", "copy");
        var list = await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "photos" });
        Assert.Equal(["a b+c/ü.txt", "copy"], list.S3Objects.Select(stored => stored.Key));
        await s3.DeleteObjectAsync("photos", "copy");
        var gone = await Assert.ThrowsAsync<NoSuchKeyException>(() => s3.GetObjectAsync("photos", "copy"));
        Assert.Equal("NoSuchKey", gone.ErrorCode);
    }

    [Fact]
    public async Task AWSSDK_uploads_in_parts_and_downloads_the_same_bytes()
    {
        var bytes = new byte[11_000_000];
        new Random(1).NextBytes(bytes);
        using var s3 = Sandbox();
        using var transfer = new TransferUtility(s3, new TransferUtilityConfig { MinSizeBeforePartUpload = 5_242_880 });
        await transfer.UploadAsync(new TransferUtilityUploadRequest { BucketName = "photos", Key = "large", InputStream = new MemoryStream(bytes), PartSize = 5_242_880 });
        using var got = await s3.GetObjectAsync("photos", "large");
        var copy = new MemoryStream();
        await got.ResponseStream.CopyToAsync(copy);
        Assert.Equal(bytes, copy.ToArray());
        Assert.EndsWith("-3\"", got.ETag, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_gets_the_ETag_a_function_asks_for_and_the_object_is_made_of_it()
    {
        using var s3 = Sandbox();
        s3.BeforeRequestEvent += static (_, request) => ((WebServiceRequestEventArgs)request).Headers["x-glue-part-etag"] = "xxh128";
        var upload = (await s3.InitiateMultipartUploadAsync("photos", "quick")).UploadId;
        var part = await s3.UploadPartAsync(new UploadPartRequest { BucketName = "photos", Key = "quick", UploadId = upload, PartNumber = 1, InputStream = new MemoryStream("abc"u8.ToArray()) });
        Assert.Equal("\"06b05ab6733a618578af5f94892f3950\"", part.ETag);
        await s3.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest { BucketName = "photos", Key = "quick", UploadId = upload, PartETags = [new PartETag(part)] });
        using var got = await s3.GetObjectAsync("photos", "quick");
        Assert.Equal("abc", await new StreamReader(got.ResponseStream).ReadToEndAsync());
    }

    [Fact]
    public async Task Conditions_and_checksums_are_the_stores_to_judge()
    {
        using var s3 = Sandbox();
        var put = await s3.PutObjectAsync(new PutObjectRequest { BucketName = "photos", Key = "c", ContentBody = "hello", ChecksumSHA256 = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=" });
        var got = await s3.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = "photos", Key = "c", ChecksumMode = ChecksumMode.ENABLED });
        var wrong = await Assert.ThrowsAsync<AmazonS3Exception>(() => s3.PutObjectAsync(
            new PutObjectRequest { BucketName = "photos", Key = "c", ContentBody = "hallo", ChecksumSHA256 = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=" }));
        var there = await Assert.ThrowsAsync<AmazonS3Exception>(() => s3.PutObjectAsync(new PutObjectRequest { BucketName = "photos", Key = "c", ContentBody = "x", IfNoneMatch = "*" }));
        var same = await Assert.ThrowsAsync<AmazonS3Exception>(() => s3.GetObjectAsync(new GetObjectRequest { BucketName = "photos", Key = "c", EtagToNotMatch = put.ETag }));
        var other = await Assert.ThrowsAsync<AmazonS3Exception>(() => s3.GetObjectAsync(new GetObjectRequest { BucketName = "photos", Key = "c", EtagToMatch = "\"0123\"" }));

        Assert.Equal("LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=", got.ChecksumSHA256);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Equal(
            [HttpStatusCode.PreconditionFailed, HttpStatusCode.NotModified, HttpStatusCode.PreconditionFailed],
            new[] { there.StatusCode, same.StatusCode, other.StatusCode });
    }

    [Fact]
    public async Task Everything_a_function_writes_carries_its_lineage_into_the_stores_events()
    {
        using var s3 = Sandbox(lineageDepth: 4);
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = "photos", Key = "put", ContentBody = "x" });
        await s3.CopyObjectAsync("photos", "put", "photos", "copy");
        var upload = await s3.InitiateMultipartUploadAsync("photos", "parts");
        var part = await s3.UploadPartAsync(new UploadPartRequest { BucketName = "photos", Key = "parts", UploadId = upload.UploadId, PartNumber = 1, InputStream = new MemoryStream([1]) });
        await s3.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest { BucketName = "photos", Key = "parts", UploadId = upload.UploadId, PartETags = [new PartETag(1, part.ETag)] });
        await s3.DeleteObjectAsync("photos", "put");
        Assert.Equal(
            [("ObjectCreated:Put", 5), ("ObjectCreated:Copy", 5), ("ObjectCreated:CompleteMultipartUpload", 5), ("ObjectRemoved:Delete", 5)],
            _store.Journal.Changes().Select(change => (change.EventName, change.LineageDepth)));
        Assert.All(_store.Journal.Changes(), static change => Assert.Equal("127.0.0.1", change.SourceIpAddress));
    }

    [Fact]
    public async Task A_function_of_another_account_is_denied()
    {
        using var stranger = Sandbox(account: "111111111111");
        var denied = await Assert.ThrowsAsync<AmazonS3Exception>(() => stranger.PutObjectAsync(new PutObjectRequest { BucketName = "photos", Key = "a", ContentBody = "x" }));
        Assert.Equal(("AccessDenied", HttpStatusCode.Forbidden), (denied.ErrorCode, denied.StatusCode));
    }

    [Fact]
    public async Task A_copy_source_that_is_not_percent_encoded_is_an_InvalidURI_also_without_a_policy()
    {
        var answer = await RawHttp.SendAsync(
            _host.StartSandbox(Account).Bridge.Address, "PUT /photos/c HTTP/1.1\r\nHost: x\r\nConnection: close\r\nx-amz-copy-source: %ff\r\nContent-Length: 0\r\n\r\n"u8.ToArray());

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("<Code>InvalidURI</Code>", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_written_are_counted_without_the_framing_they_come_in()
    {
        var (bridge, sandbox) = _host.StartSandbox(Account);

        var answer = await ChunkedAsync(bridge, "3\r\nabc\r\n2\r\nde\r\n0\r\nx-amz-checksum-crc32:hYfYZQ==\r\n\r\n", 5);
        await ChunkedAsync(bridge, "5\r\nabcde\r\n0\r\nx-amz-checksum-crc32:hYfYZQ==\r\n\r\n", 5);

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Equal(10, sandbox.Usage.BytesWritten);
    }

    [Fact]
    public async Task Trailers_without_end_are_refused()
    {
        var answer = await ChunkedAsync(
            _host.StartSandbox(Account).Bridge, "1\r\nx\r\n0\r\n" + string.Concat(Enumerable.Repeat($"x-amz-checksum-crc32:{new string('A', 6000)}\r\n", 200)) + "\r\n", 1);

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("<Code>InvalidRequest</Code>", answer, StringComparison.Ordinal);
    }

    private static Task<string> ChunkedAsync(SandboxBridge bridge, string body, int decodedLength) => RawHttp.SendAsync(
        bridge.Address,
        System.Text.Encoding.ASCII.GetBytes(
            $"PUT /photos/chunked HTTP/1.1\r\nHost: x\r\nConnection: close\r\nx-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\nx-amz-trailer: x-amz-checksum-crc32\r\n"
            + $"x-amz-decoded-content-length: {decodedLength}\r\nContent-Length: {body.Length}\r\n\r\n{body}"));

    [Fact]
    public async Task Boto3_works_with_the_endpoint_alone()
    {
        const string Script = """
            import boto3, io, os
            from boto3.s3.transfer import TransferConfig
            s3 = boto3.client("s3")
            s3.put_object(Bucket="photos", Key="empty", Body=b"")  # and the next put is not taken for the rest of it (ExpectContinue)
            s3.put_object(Bucket="photos", Key="k", Body=b"hello", Metadata={"a": "b"})
            assert s3.get_object(Bucket="photos", Key="k", Range="bytes=1-2")["Body"].read() == b"el"
            data = os.urandom(9000000)
            s3.upload_fileobj(io.BytesIO(data), "photos", "large", Config=TransferConfig(multipart_threshold=6000000, multipart_chunksize=6000000))
            assert s3.get_object(Bucket="photos", Key="large")["Body"].read() == data
            print(sorted(o["Key"] for o in s3.list_objects_v2(Bucket="photos")["Contents"]), s3.head_object(Bucket="photos", Key="k")["Metadata"])
            """;
        var (bridge, sandbox) = _host.StartSandbox(Account);
        var keys = _host.KeysOf(sandbox);
        var environment = Cli.AwsEnvironment(keys.AccessKeyId, keys.SecretAccessKey);
        environment["AWS_SESSION_TOKEN"] = keys.Token;
        environment["AWS_MAX_ATTEMPTS"] = "1"; // what is only answered at the second try is not answered
        environment["AWS_ENDPOINT_URL"] = environment["AWS_ENDPOINT_URL_S3"] = bridge.Address.GetLeftPart(UriPartial.Authority);
        // Debian's boto3 is older than AWS_ENDPOINT_URL: there a function names the endpoint itself.
        var script = Script.Replace("boto3.client(\"s3\")", "boto3.client(\"s3\", endpoint_url=os.environ[\"AWS_ENDPOINT_URL_S3\"])", StringComparison.Ordinal);
        var output = (await Cli.PythonAsync(script, environment)).Expect();
        Assert.Equal("['empty', 'k', 'large'] {'a': 'b'}\n", output);
    }

    [Fact]
    public async Task Aws_cli_copies_a_file_there_and_back_with_keys_that_it_fetches_itself_as_clones_of_a_snapshot_do()
    {
        var endpoint = _host.StartSandbox(Account).Bridge.Address.GetLeftPart(UriPartial.Authority);
        var environment = Cli.AwsEnvironment("", "");
        environment.Remove("AWS_ACCESS_KEY_ID");
        environment.Remove("AWS_SECRET_ACCESS_KEY");
        environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = endpoint + "/.glue/credentials";
        await File.WriteAllTextAsync(_folder["up"], "hello");
        (await Cli.RunAsync("/usr/bin/aws", ["--endpoint-url", endpoint, "s3", "cp", _folder["up"], "s3://photos/file"], environment)).Expect();
        (await Cli.RunAsync("/usr/bin/aws", ["--endpoint-url", endpoint, "s3", "cp", "s3://photos/file", _folder["down"]], environment)).Expect();
        Assert.Equal("hello", await File.ReadAllTextAsync(_folder["down"]));
    }

    [Fact]
    public async Task Keys_of_one_sandbox_are_refused_from_another_and_expired_ones_everywhere_and_no_keys_are_needed()
    {
        var (mine, me) = _host.StartSandbox(Account);
        var (others, other) = _host.StartSandbox(Account);
        using var stolen = Client(mine.Address, _host.KeysOf(other));
        using var expired = Client(mine.Address, _host.KeysOf(me, TimeSpan.FromSeconds(-1)));
        using var invented = Client(mine.Address, new SessionKey("AKIAIOSFODNN7EXAMPLE", "secret", "", default));
        using var own = Client(others.Address, _host.KeysOf(other));
        var unknown = await Assert.ThrowsAsync<AmazonS3Exception>(() => stolen.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "photos" }));
        var late = await Assert.ThrowsAsync<AmazonS3Exception>(() => expired.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "photos" }));
        var nobodys = await Assert.ThrowsAsync<AmazonS3Exception>(() => invented.PutObjectAsync(new PutObjectRequest { BucketName = "photos", Key = "a", ContentBody = "x" }));
        var url = new Uri(await own.GetPreSignedURLAsync(new GetPreSignedUrlRequest { BucketName = "photos", Key = "k", Expires = DateTime.UtcNow.AddMinutes(5) }));
        using var client = _host.HttpClient(mine);
        using var presigned = await client.GetAsync(url.PathAndQuery);
        await own.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "photos" });
        using var unsigned = await client.GetAsync("/photos");

        Assert.Equal(("InvalidAccessKeyId", HttpStatusCode.Forbidden), (unknown.ErrorCode, unknown.StatusCode));
        Assert.Equal(("ExpiredToken", HttpStatusCode.BadRequest), (late.ErrorCode, late.StatusCode));
        Assert.Equal("InvalidAccessKeyId", nobodys.ErrorCode);
        Assert.Equal(HttpStatusCode.Forbidden, presigned.StatusCode);
        Assert.Equal(HttpStatusCode.OK, unsigned.StatusCode);
    }

    private AmazonS3Client Sandbox(int lineageDepth = 0, string account = Account)
    {
        var (bridge, sandbox) = _host.StartSandbox(account, lineageDepth);
        return Client(bridge.Address, _host.KeysOf(sandbox));
    }

    private static AmazonS3Client Client(Uri endpoint, SessionKey key) => Client(endpoint, new SessionAWSCredentials(key.AccessKeyId, key.SecretAccessKey, key.Token is "" ? "none" : key.Token));

    private static AmazonS3Client Client(Uri endpoint, Credential credential) => Client(endpoint, new BasicAWSCredentials(credential.AccessKeyId, credential.SecretAccessKey));

    private static AmazonS3Client Client(Uri endpoint, AWSCredentials credentials) => new(
        credentials, new AmazonS3Config { ServiceURL = endpoint.GetLeftPart(UriPartial.Authority), ForcePathStyle = true, MaxErrorRetry = 0 });

    private sealed class StoreKeys : IStorageCredentials
    {
        public Credential For(string accountId) => accountId == Account ? TestKeys.Gateway : TestKeys.Stranger;
    }
}
