using Amazon.S3.Model;
using Glue.ObjectStore.TestHost;

namespace Glue.ObjectStore.FunctionalTests;

public sealed class EventTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    [Fact]
    public async Task Every_change_is_in_the_journal_in_order_with_rising_sequencers()
    {
        var bucket = await store.BucketAsync();
        using var sdk = store.Sdk();
        var wakes = store.Server.Journal.Wakes;
        var put = await sdk.PutObjectAsync(new() { BucketName = bucket, Key = "a b+ü", ContentBody = "12345" });
        await sdk.CopyObjectAsync(bucket, "a b+ü", bucket, "copy");
        var upload = (await sdk.InitiateMultipartUploadAsync(bucket, "multi")).UploadId;
        var part = await sdk.UploadPartAsync(new() { BucketName = bucket, Key = "multi", UploadId = upload, PartNumber = 1, InputStream = new MemoryStream([1, 2, 3]) });
        await sdk.CompleteMultipartUploadAsync(new() { BucketName = bucket, Key = "multi", UploadId = upload, PartETags = [new PartETag(part)] });
        await sdk.DeleteObjectAsync(bucket, "a b+ü");
        await sdk.DeleteObjectAsync(bucket, "never there");
        await sdk.DeleteObjectsAsync(new() { BucketName = bucket, Objects = [new() { Key = "copy" }, new() { Key = "never there" }] });

        var changes = store.Server.Journal.Changes().Where(change => change.Bucket == bucket).ToList();

        Assert.Equal(
            [("ObjectCreated:Put", "a b+ü", (long?)5), ("ObjectCreated:Copy", "copy", 5), ("ObjectCreated:CompleteMultipartUpload", "multi", 3),
             ("ObjectRemoved:Delete", "a b+ü", null), ("ObjectRemoved:Delete", "copy", null)],
            changes.Select(change => (change.EventName, change.Key, change.Size)));
        var sequencers = changes.Select(change => change.Sequencer).ToList();
        Assert.Equal(sequencers.Order(StringComparer.Ordinal).Distinct(StringComparer.Ordinal), sequencers);
        Assert.All(sequencers, sequencer => Assert.Equal(16, sequencer.Length));
        Assert.Equal(put.ETag.Trim('"'), changes[0].ETag);
        Assert.Equal(put.ResponseMetadata.RequestId, changes[0].RequestId);
        Assert.Equal(("000000000000", "owner", "127.0.0.1", 0), (changes[0].BucketOwner, changes[0].PrincipalId, changes[0].SourceIpAddress, changes[0].LineageDepth));
        Assert.Equal(wakes + 5, store.Server.Journal.Wakes);
    }

    [Fact]
    public async Task The_lineage_header_is_believed_from_the_storage_gateway_only()
    {
        var bucket = await store.BucketAsync();
        foreach (var who in new[] { TestKeys.Owner, TestKeys.Gateway })
        {
            using var sdk = store.Sdk(who);
            var put = new PutObjectRequest { BucketName = bucket, Key = who.PrincipalId, ContentBody = "x" };
            sdk.BeforeRequestEvent += static (_, request) => ((Amazon.Runtime.WebServiceRequestEventArgs)request).Headers["x-glue-lineage"] = "3";
            await sdk.PutObjectAsync(put);
        }

        var depths = store.Server.Journal.Changes().Where(change => change.Bucket == bucket).ToDictionary(change => change.Key, change => change.LineageDepth);

        Assert.Equal(0, depths["owner"]);
        Assert.Equal(3, depths["gateway"]);
    }

    [Fact]
    public async Task Sequencers_go_on_rising_after_a_restart()
    {
        using var folder = new TempFolder();
        string before;
        await using (var first = await StoreServer.StartAsync(folder.Path))
        {
            await PutAsync(first, "a");
            before = first.Journal.Changes()[^1].Sequencer;
        }

        await using var second = await StoreServer.StartAsync(folder.Path);
        await PutAsync(second, "a");

        Assert.True(string.CompareOrdinal(second.Journal.Changes()[^1].Sequencer, before) > 0);
    }

    private static async Task PutAsync(StoreServer server, string key)
    {
        var (access, secret) = (TestKeys.Owner.AccessKeyId, TestKeys.Owner.SecretAccessKey);
        using var sdk = new Amazon.S3.AmazonS3Client(access, secret, new Amazon.S3.AmazonS3Config
        {
            ServiceURL = server.Endpoint,
            ForcePathStyle = true,
            AuthenticationRegion = "us-east-1",
        });
        await sdk.PutBucketAsync("restarted-" + key + Guid.NewGuid().ToString("N"));
        var bucket = (await sdk.ListBucketsAsync()).Buckets[0].BucketName;
        await sdk.PutObjectAsync(new() { BucketName = bucket, Key = key, ContentBody = "x" });
    }
}
