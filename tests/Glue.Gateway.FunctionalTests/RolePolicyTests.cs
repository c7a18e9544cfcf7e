using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Glue.Foundation.Signing;
using Glue.ObjectStore.TestHost;
using Glue.Workers.Sandboxes;

namespace Glue.Gateway.FunctionalTests;

/// <summary>What a role's policy lets a function do with the embedded store, through a stock SDK. Policies have ' for ".</summary>
public sealed class RolePolicyTests : IAsyncLifetime
{
    private const string Account = "000000000000";

    private const string Worker =
        "{'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::data/in/*'},"
        + "{'Effect': 'Allow', 'Action': ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'], 'Resource': 'arn:aws:s3:::data/out/*'},"
        + "{'Effect': 'Allow', 'Action': 's3:ListBucket', 'Resource': 'arn:aws:s3:::data', 'Condition': {'StringLike': {'s3:prefix': 'in/*'}}}";

    private readonly TempFolder _folder = new();
    private readonly TestPolicies _policies = new();
    private StoreServer _store = null!;
    private GatewayHost _host = null!;
    private AmazonS3Client _owner = null!;
    private AmazonS3Client _function = null!;

    public async Task InitializeAsync()
    {
        _store = await StoreServer.StartAsync(_folder.Path);
        _host = await GatewayHost.StartAsync(() => new Uri(_store.Endpoint), new OwnersKeys(), _policies);
        _owner = Client(new Uri(_store.Endpoint), new BasicAWSCredentials(TestKeys.Owner.AccessKeyId, TestKeys.Owner.SecretAccessKey));
        var (bridge, sandbox) = _host.StartSandbox(Account);
        var keys = _host.KeysOf(sandbox);
        _function = Client(bridge.Address, new SessionAWSCredentials(keys.AccessKeyId, keys.SecretAccessKey, keys.Token));
        await _owner.PutBucketAsync("data");
        await _owner.PutBucketAsync("secret");
        foreach (var (bucket, key) in new[] { ("data", "in/a"), ("data", "out/a"), ("data", "out/b"), ("secret", "s") })
        {
            await _owner.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = key, ContentBody = key });
        }

        _policies.Set(Worker);
    }

    public async Task DisposeAsync()
    {
        _owner.Dispose();
        _function.Dispose();
        await _host.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_the_policy_allows_works_and_everything_else_is_AccessDenied_in_AWSs_words()
    {
        (await _function.GetObjectAsync("data", "in/a")).Dispose();
        await _function.PutObjectAsync(new PutObjectRequest { BucketName = "data", Key = "out/new", ContentBody = "x" });
        await _function.DeleteObjectAsync("data", "out/new");
        Assert.Single((await _function.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "data", Prefix = "in/" })).S3Objects);

        var denied = await Denied(() => _function.GetObjectAsync("data", "out/a"));
        Assert.Equal(
            $"User: arn:aws:sts::{Account}:assumed-role/worker/f is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::data/out/a\" "
            + "because no identity-based policy allows the s3:GetObject action", denied.Message);
        await Denied(() => _function.GetObjectMetadataAsync("data", "out/a"));
        await Denied(() => _function.PutObjectAsync(new PutObjectRequest { BucketName = "data", Key = "in/a", ContentBody = "x" }));
        await Denied(() => _function.DeleteObjectAsync("data", "in/a"));
        await Denied(() => _function.GetObjectAsync("secret", "s"));
        await Denied(() => _function.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "data", Prefix = "out/" }));
        await Denied(() => _function.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "data" }));
        await Denied(() => _function.ListBucketsAsync());
        await Denied(() => _function.PutBucketAsync("another"));
        await Denied(() => _function.DeleteBucketAsync("secret"));
        await Denied(() => _function.GetObjectTaggingAsync(new GetObjectTaggingRequest { BucketName = "data", Key = "in/a" }));
        await Denied(() => _function.PutBucketNotificationAsync(new PutBucketNotificationRequest { BucketName = "data" }));
    }

    [Fact]
    public async Task A_copy_must_be_allowed_at_both_ends()
    {
        await _function.CopyObjectAsync("data", "in/a", "data", "out/copy");
        Assert.Contains("s3:GetObject on resource: \"arn:aws:s3:::secret/s\"", (await Denied(() => _function.CopyObjectAsync("secret", "s", "data", "out/copy"))).Message, StringComparison.Ordinal);
        Assert.Contains("s3:PutObject", (await Denied(() => _function.CopyObjectAsync("data", "in/a", "data", "in/copy"))).Message, StringComparison.Ordinal);
        var upload = await _function.InitiateMultipartUploadAsync("data", "out/parts");
        await _function.CopyPartAsync(Part("data", "in/a", upload.UploadId));
        await Denied(() => _function.CopyPartAsync(Part("secret", "s", upload.UploadId)));
    }

    [Fact]
    public async Task An_upload_in_parts_needs_what_S3_asks_for_each_step()
    {
        await Denied(() => _function.InitiateMultipartUploadAsync("data", "in/parts"));
        var upload = await _function.InitiateMultipartUploadAsync("data", "out/parts");
        var part = await _function.UploadPartAsync(new UploadPartRequest { BucketName = "data", Key = "out/parts", UploadId = upload.UploadId, PartNumber = 1, InputStream = new MemoryStream([1]) });
        await Denied(() => _function.ListPartsAsync("data", "out/parts", upload.UploadId));
        await Denied(() => _function.ListMultipartUploadsAsync("data"));
        await _function.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest { BucketName = "data", Key = "out/parts", UploadId = upload.UploadId, PartETags = [new PartETag(part)] });
        var another = await _function.InitiateMultipartUploadAsync("data", "out/parts");
        await _function.AbortMultipartUploadAsync("data", "out/parts", another.UploadId);
    }

    [Fact]
    public async Task Who_may_list_the_buckets_may_not_listen_to_them_all()
    {
        _policies.Set("{'Effect': 'Allow', 'Action': 's3:ListAllMyBuckets', 'Resource': '*'}");
        await _function.ListBucketsAsync();
        using var client = _host.HttpClient(_host.StartSandbox(Account).Bridge);
        using var listen = await client.GetAsync("/?events=s3:ObjectCreated:*&ping=1", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, listen.StatusCode);
    }

    [Fact]
    public async Task DeleteObjects_deletes_what_is_allowed_and_says_AccessDenied_of_each_other_key()
    {
        var mixed = await Assert.ThrowsAsync<DeleteObjectsException>(() => Delete("out/a", "in/a", "out/b"));
        Assert.Equal(["out/a", "out/b"], mixed.Response.DeletedObjects.Select(static one => one.Key).Order());
        Assert.Equal([("in/a", "AccessDenied")], mixed.Response.DeleteErrors.Select(static one => (one.Key, one.Code)));
        var none = await Assert.ThrowsAsync<DeleteObjectsException>(() => Delete("in/a", "in/<&>"));
        Assert.Equal(["in/<&>", "in/a"], none.Response.DeleteErrors.Select(static one => one.Key).Order());
        await Delete("out/a", "out/never was");
        Assert.Equal(["in/a"], (await _owner.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "data" })).S3Objects.Select(static one => one.Key));
    }

    [Fact]
    public async Task Tags_and_ACLs_that_come_with_an_object_need_their_own_action()
    {
        await Denied(() => _function.PutObjectAsync(new PutObjectRequest { BucketName = "data", Key = "out/t", ContentBody = "x", TagSet = [new Tag { Key = "a", Value = "b" }] }));
        await Denied(() => _function.PutObjectAsync(new PutObjectRequest { BucketName = "data", Key = "out/t", ContentBody = "x", CannedACL = S3CannedACL.PublicRead }));
        _policies.Set(Worker + ",{'Effect': 'Allow', 'Action': 's3:PutObjectTagging', 'Resource': 'arn:aws:s3:::data/*'}");
        await _function.PutObjectAsync(new PutObjectRequest { BucketName = "data", Key = "out/t", ContentBody = "x", TagSet = [new Tag { Key = "a", Value = "b" }] });
    }

    [Fact]
    public async Task A_change_of_policy_holds_for_the_next_request_of_a_sandbox_that_is_there()
    {
        (await _function.GetObjectAsync("data", "in/a")).Dispose();
        _policies.Set("{'Effect': 'Deny', 'Action': 's3:Get*', 'Resource': '*'}, {'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}");
        Assert.EndsWith("with an explicit deny in an identity-based policy", (await Denied(() => _function.GetObjectAsync("data", "in/a"))).Message, StringComparison.Ordinal);
        await _function.PutObjectAsync(new PutObjectRequest { BucketName = "secret", Key = "new", ContentBody = "x" });
        _policies.Policy = null;
        (await _function.GetObjectAsync("secret", "s")).Dispose();
    }

    [Theory]
    [InlineData("GET", "/data/in/a?acl")]
    [InlineData("GET", "/data/in/a?x-id=GetObject&tagging")]
    [InlineData("DELETE", "/data/out/a?uploadId=1&tagging")]
    [InlineData("GET", "/data%2Fin/a")]
    [InlineData("GET", "/data/in/../out/a")]
    [InlineData("GET", "/data//in/a")]
    [InlineData("GET", "//data/in/a")]
    [InlineData("GET", "/data?prefix=in/&prefix=")]
    [InlineData("GET", "/data?prefix=in/&Prefix=out/")]
    [InlineData("POST", "/data")]
    [InlineData("POST", "/data?delete&policy")]
    [InlineData("PUT", "/data?policy")]
    [InlineData("GET", "/data/%69n/a%")]
    [InlineData("GET", "/")]
    public async Task A_request_that_another_reading_would_not_allow_does_not_pass(string method, string target)
    {
        using var client = _host.HttpClient(_host.StartSandbox(Account).Bridge);
        var uri = new Uri(client.BaseAddress!.GetLeftPart(UriPartial.Authority) + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(new HttpMethod(method), uri);
        if (method == "POST")
        {
            request.Content = new StringContent("<Delete><Object><Key>out/a</Key></Object></Delete>");
        }

        using var answer = await client.SendAsync(request);

        Assert.True(answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.BadRequest, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }

    [Fact]
    public async Task A_prefix_that_a_function_writes_into_a_request_that_is_no_list_opens_nothing()
    {
        _policies.Set("{'Effect': 'Allow', 'Action': ['s3:ListBucket', 's3:GetObject', 's3:DeleteObject'], 'Resource': '*', 'Condition': {'StringLike': {'s3:prefix': 'in/*'}}}");
        using var client = _host.HttpClient(_host.StartSandbox(Account).Bridge);

        using var list = await client.GetAsync(new Uri("/data?prefix=in/", UriKind.Relative));
        using var read = await client.GetAsync(new Uri("/data/out/a?prefix=in/", UriKind.Relative));
        using var removal = await client.DeleteAsync(new Uri("/data/out/a?prefix=in/&delimiter=/", UriKind.Relative));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden], new[] { list.StatusCode, read.StatusCode, removal.StatusCode });
    }

    [Fact]
    public async Task A_copy_source_that_is_not_percent_encoded_is_an_InvalidURI()
    {
        using var client = _host.HttpClient(_host.StartSandbox(Account).Bridge);
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri("/data/out/copy", UriKind.Relative));
        request.Headers.Add("x-amz-copy-source", "data/%zz");

        using var answer = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("<Code>InvalidURI</Code>", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_with_a_carriage_return_reaches_the_store_as_it_is_where_others_are_denied()
    {
        await _owner.PutObjectAsync(new PutObjectRequest { BucketName = "data", Key = "out/x\ny", ContentBody = "x" });
        using var client = _host.HttpClient(_host.StartSandbox(Account).Bridge);

        using var mixed = await client.PostAsync(
            new Uri("/data?delete", UriKind.Relative), new StringContent("<Delete><Object><Key>in/a</Key></Object><Object><Key>out/x&#13;y</Key></Object></Delete>"));
        using var half = await client.PostAsync(
            new Uri("/data?delete", UriKind.Relative), new StringContent("<Delete><Object><Key>in/a</Key></Object><Object><Key>out/&#xD800;</Key></Object></Delete>"));

        Assert.Contains("<Key>out/x&#xD;y</Key>", await mixed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("x", await new StreamReader((await _owner.GetObjectAsync("data", "out/x\ny")).ResponseStream).ReadToEndAsync());
        Assert.Equal(HttpStatusCode.BadRequest, half.StatusCode);
        Assert.Contains("<Code>MalformedXML</Code>", await half.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static CopyPartRequest Part(string bucket, string key, string upload) => new()
    {
        SourceBucket = bucket, SourceKey = key, DestinationBucket = "data", DestinationKey = "out/parts", UploadId = upload, PartNumber = 1,
    };

    private Task<DeleteObjectsResponse> Delete(params string[] keys) =>
        _function.DeleteObjectsAsync(new DeleteObjectsRequest { BucketName = "data", Objects = [.. keys.Select(static key => new KeyVersion { Key = key })] });

    private static async Task<AmazonS3Exception> Denied(Func<Task> call)
    {
        var denied = await Assert.ThrowsAsync<AmazonS3Exception>(call);
        Assert.Equal(HttpStatusCode.Forbidden, denied.StatusCode);
        return denied;
    }

    private static AmazonS3Client Client(Uri endpoint, AWSCredentials credentials) => new(
        credentials,
        new AmazonS3Config { ServiceURL = endpoint.GetLeftPart(UriPartial.Authority), ForcePathStyle = true, MaxErrorRetry = 0 });

    private sealed class OwnersKeys : IStorageCredentials
    {
        public Credential For(string accountId) => TestKeys.Gateway;
    }
}
