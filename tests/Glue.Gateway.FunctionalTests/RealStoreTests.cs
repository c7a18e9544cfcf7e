using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;
using Glue.Foundation.Signing;
using Glue.ObjectStore.TestHost;
using Glue.Workers.Sandboxes;

namespace Glue.Gateway.FunctionalTests;

/// <summary>Clients that know nothing of the gateway, through it to the embedded object store.</summary>
public sealed class RealStoreTests : IAsyncLifetime
{
    private const string Account = "000000000000";

    private readonly TempFolder _folder = new();
    private StoreServer _store = null!;
    private GatewayHost _host = null!;

    public async Task InitializeAsync()
    {
        _store = await StoreServer.StartAsync(_folder.Path);
        _host = await GatewayHost.StartAsync(() => new Uri(_store.Endpoint), new StoreKeys());
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
    }

    [Fact]
    public async Task A_function_of_another_account_is_denied_whatever_it_signs_with()
    {
        using var stranger = Client(_host.StartSandbox(account: "111111111111").Bridge.Address, TestKeys.Owner);
        var denied = await Assert.ThrowsAsync<AmazonS3Exception>(() => stranger.PutObjectAsync(new PutObjectRequest { BucketName = "photos", Key = "a", ContentBody = "x" }));
        Assert.Equal(("AccessDenied", HttpStatusCode.Forbidden), (denied.ErrorCode, denied.StatusCode));
    }

    [Fact]
    public async Task Boto3_works_with_the_endpoint_alone()
    {
        const string Script = """
            import boto3, io, os
            from boto3.s3.transfer import TransferConfig
            s3 = boto3.client("s3")
            s3.put_object(Bucket="photos", Key="k", Body=b"hello", Metadata={"a": "b"})
            assert s3.get_object(Bucket="photos", Key="k", Range="bytes=1-2")["Body"].read() == b"el"
            data = os.urandom(9000000)
            s3.upload_fileobj(io.BytesIO(data), "photos", "large", Config=TransferConfig(multipart_threshold=6000000, multipart_chunksize=6000000))
            assert s3.get_object(Bucket="photos", Key="large")["Body"].read() == data
            print(sorted(o["Key"] for o in s3.list_objects_v2(Bucket="photos")["Contents"]), s3.head_object(Bucket="photos", Key="k")["Metadata"])
            """;
        var environment = Cli.AwsEnvironment("anything", "at all");
        environment["AWS_ENDPOINT_URL"] = environment["AWS_ENDPOINT_URL_S3"] = _host.StartSandbox(Account).Bridge.Address.GetLeftPart(UriPartial.Authority);
        // Debian's boto3 is older than AWS_ENDPOINT_URL: there a function names the endpoint itself.
        var script = Script.Replace("boto3.client(\"s3\")", "boto3.client(\"s3\", endpoint_url=os.environ[\"AWS_ENDPOINT_URL_S3\"])", StringComparison.Ordinal);
        var output = (await Cli.PythonAsync(script, environment)).Expect();
        Assert.Equal("['k', 'large'] {'a': 'b'}\n", output);
    }

    [Fact]
    public async Task Aws_cli_copies_a_file_there_and_back()
    {
        var endpoint = _host.StartSandbox(Account).Bridge.Address.GetLeftPart(UriPartial.Authority);
        await File.WriteAllTextAsync(_folder["up"], "hello");
        (await Cli.AwsAsync(endpoint, "any", "any", "s3", "cp", _folder["up"], "s3://photos/file")).Expect();
        (await Cli.AwsAsync(endpoint, "any", "any", "s3", "cp", "s3://photos/file", _folder["down"])).Expect();
        Assert.Equal("hello", await File.ReadAllTextAsync(_folder["down"]));
    }

    private AmazonS3Client Sandbox(int lineageDepth = 0) =>
        Client(_host.StartSandbox(Account, lineageDepth).Bridge.Address, new Credential("SANDBOX", "sandbox-secret", Account, "sandbox"));

    private static AmazonS3Client Client(Uri endpoint, Credential credential) => new(
        new BasicAWSCredentials(credential.AccessKeyId, credential.SecretAccessKey),
        new AmazonS3Config { ServiceURL = endpoint.GetLeftPart(UriPartial.Authority), ForcePathStyle = true, MaxErrorRetry = 0 });

    private sealed class StoreKeys : IStorageCredentials
    {
        public Credential For(string accountId) => accountId == Account ? TestKeys.Gateway : TestKeys.Stranger;
    }
}
