using System.Collections.Concurrent;
using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Glue.ObjectStore.TestHost;

namespace Glue.ObjectStore.FunctionalTests;

public sealed class DurabilityTests
{
    private const int Writers = 8;

    [Fact]
    public async Task Killed_in_the_middle_of_puts_it_keeps_every_acknowledged_object_with_its_event_and_nothing_else()
    {
        using var folder = new TempFolder();
        var acknowledged = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        var attempted = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        var acknowledgedPuts = 0;
        for (var round = 0; round < 3; round++)
        {
            await using var store = await StoreProcess.StartAsync(folder.Path);
            using var sdk = store.Sdk();
            if (round == 0)
            {
                await sdk.PutBucketAsync("durable");
            }

            var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var target = acknowledgedPuts + 150;
            var writing = Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
            {
                for (var i = 0; ; i++)
                {
                    // Own keys per writer, each written again and again, so that overwriting is killed in the middle too.
                    var key = $"{writer}/{i % 10}";
                    var body = RandomNumberGenerator.GetBytes(i % 7 == 0 ? 300_000 : 2_000);
                    attempted[Hash(body)] = true;
                    try
                    {
                        await sdk.PutObjectAsync(new() { BucketName = "durable", Key = key, InputStream = new MemoryStream(body) });
                    }
                    catch (Exception e) when (e is AmazonClientException or HttpRequestException or IOException)
                    {
                        acknowledged.TryRemove(key, out _); // killed under way: the old or the new content may be there
                        return;
                    }

                    acknowledged[key] = Hash(body);
                    if (Interlocked.Increment(ref acknowledgedPuts) >= target)
                    {
                        enough.TrySetResult();
                    }
                }
            })).ToList();
            await enough.Task.WaitAsync(TimeSpan.FromSeconds(60));
            await store.KillAsync();
            await Task.WhenAll(writing);
        }

        await using var server = await StoreServer.StartAsync(folder.Path);
        using var reader = Sdk(server);
        var listed = (await reader.ListObjectsV2Async(new() { BucketName = "durable" })).S3Objects;
        Assert.All(acknowledged.Keys, key => Assert.Contains(listed, found => found.Key == key));
        foreach (var found in listed)
        {
            using var got = await reader.GetObjectAsync("durable", found.Key);
            var content = new MemoryStream();
            await got.ResponseStream.CopyToAsync(content);
            var hash = Hash(content.ToArray());
            Assert.True(attempted.ContainsKey(hash), $"{found.Key} holds what nobody put");
            Assert.Equal(acknowledged.GetValueOrDefault(found.Key, hash), hash);
        }

        var changes = server.Journal.Changes();
        Assert.True(changes.Count >= acknowledgedPuts, $"{changes.Count} events of {acknowledgedPuts} acknowledged puts");
        foreach (var found in listed)
        {
            Assert.Equal(found.ETag.Trim('"'), changes.Last(change => change.Key == found.Key).ETag);
        }

        // The sweep runs beside the service: soon there is one file per object.
        var blobs = Path.Combine(folder.Path, "blobs");
        await Eventually(() => Directory.EnumerateFiles(blobs, "*", SearchOption.AllDirectories).Count() == listed.Count);
    }

    [Fact]
    public async Task A_full_disk_is_a_clear_error_for_one_put_and_none_for_the_others()
    {
        // A small memory file system instead of a full disk; bubblewrap mounts it without root.
        using var folder = new TempFolder();
        await using var store = await StoreProcess.StartAsync(
            folder.Path, "bwrap", "--dev-bind", "/", "/", "--size", (24 << 20).ToString(), "--tmpfs", folder.Path);
        using var sdk = store.Sdk();
        await sdk.PutBucketAsync("small");
        await sdk.PutObjectAsync(new() { BucketName = "small", Key = "before", ContentBody = "kept" });

        var large = new PutObjectRequest { BucketName = "small", Key = "large", InputStream = new MemoryStream(new byte[40 << 20]) };
        var full = await Assert.ThrowsAnyAsync<AmazonS3Exception>(() => sdk.PutObjectAsync(large));

        Assert.Equal(("InsufficientStorage", 507), (full.ErrorCode, (int)full.StatusCode));
        Assert.Contains("disk", full.Message, StringComparison.Ordinal);
        await sdk.PutObjectAsync(new() { BucketName = "small", Key = "after", InputStream = new MemoryStream(new byte[10 << 20]) });
        var listed = (await sdk.ListObjectsV2Async(new() { BucketName = "small" })).S3Objects.Select(static found => found.Key);
        Assert.Equal(["after", "before"], listed);
    }

    private static AmazonS3Client Sdk(StoreServer server) => new(TestKeys.Owner.AccessKeyId, TestKeys.Owner.SecretAccessKey, new AmazonS3Config
    {
        ServiceURL = server.Endpoint,
        ForcePathStyle = true,
        AuthenticationRegion = "us-east-1",
    });

    private static string Hash(byte[] body) => Convert.ToHexString(SHA256.HashData(body));

    private static async Task Eventually(Func<bool> holds)
    {
        for (var i = 0; i < 200; i++)
        {
            if (holds())
            {
                return;
            }

            await Task.Delay(50);
        }

        Assert.Fail("did not come true within 10 s");
    }
}
