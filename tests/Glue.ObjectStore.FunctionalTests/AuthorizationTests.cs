using System.Net;
using Amazon.S3;
using Glue.ObjectStore.TestHost;

namespace Glue.ObjectStore.FunctionalTests;

public sealed class AuthorizationTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    [Fact]
    public async Task Nothing_of_another_account_answers()
    {
        var bucket = await store.BucketAsync();
        using var owner = store.Sdk();
        await owner.PutObjectAsync(new() { BucketName = bucket, Key = "secret", ContentBody = "x" });
        using var stranger = store.Sdk(TestKeys.Stranger);
        var own = store.NewBucketName();
        await stranger.PutBucketAsync(own);

        await RefusedAsync("AccessDenied", () => stranger.GetObjectAsync(bucket, "secret"));
        await RefusedAsync("AccessDenied", () => stranger.PutObjectAsync(new() { BucketName = bucket, Key = "k", ContentBody = "x" }));
        await RefusedAsync("AccessDenied", () => stranger.ListObjectsV2Async(new() { BucketName = bucket }));
        await RefusedAsync("AccessDenied", () => stranger.DeleteBucketAsync(bucket));
        await RefusedAsync("AccessDenied", () => stranger.CopyObjectAsync(bucket, "secret", own, "stolen"));
        await RefusedAsync("BucketAlreadyExists", () => stranger.PutBucketAsync(bucket));
        Assert.DoesNotContain((await stranger.ListBucketsAsync()).Buckets, found => found.BucketName == bucket);
    }

    [Fact]
    public async Task Wrong_keys_are_told_apart()
    {
        using var unknown = store.Sdk(TestKeys.Owner with { AccessKeyId = "NOBODY" });
        using var wrong = store.Sdk(TestKeys.Owner with { SecretAccessKey = "wrong" });
        using var wrongToken = store.Sdk(TestKeys.Temporary with { SessionToken = "wrong" });
        using var noToken = store.Sdk(TestKeys.Temporary with { SessionToken = null });
        using var temporary = store.Sdk(TestKeys.Temporary);

        await RefusedAsync("InvalidAccessKeyId", () => unknown.ListBucketsAsync());
        await RefusedAsync("SignatureDoesNotMatch", () => wrong.ListBucketsAsync());
        await RefusedAsync("InvalidToken", () => wrongToken.ListBucketsAsync());
        await RefusedAsync("InvalidToken", () => noToken.ListBucketsAsync());
        await temporary.ListBucketsAsync();
    }

    [Fact]
    public async Task An_anonymous_request_is_denied_in_s3s_xml_with_request_ids()
    {
        using var http = new HttpClient();

        var answer = await http.GetAsync(new Uri(store.Server.Endpoint + "/some-bucket/key"));
        var body = await answer.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("application/xml", answer.Content.Headers.ContentType!.MediaType);
        var requestId = answer.Headers.GetValues("x-amz-request-id").Single();
        Assert.Contains("<Code>AccessDenied</Code>", body, StringComparison.Ordinal);
        Assert.Contains($"<RequestId>{requestId}</RequestId>", body, StringComparison.Ordinal);
        Assert.Contains($"<HostId>{answer.Headers.GetValues("x-amz-id-2").Single()}</HostId>", body, StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(string code, Func<Task> call) =>
        Assert.Equal(code, (await Assert.ThrowsAnyAsync<AmazonS3Exception>(call)).ErrorCode);
}
