using Amazon.S3;
using Glue.ObjectStore.TestHost;

namespace Glue.ObjectStore.FunctionalTests;

public sealed class DurabilityTests
{
    /// <summary>3 on every run; <c>GLUE_KILL_ROUNDS=100</c> for the long one.</summary>
    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("GLUE_KILL_ROUNDS"), out var rounds) ? rounds : 3;

    [Fact]
    public async Task Killed_in_the_middle_of_puts_and_multiparts_it_keeps_every_acknowledged_object_with_its_event_and_nothing_else()
    {
        using var folder = new TempFolder();
        var writes = new KilledWrites("durable");
        for (var round = 0; round < Rounds; round++)
        {
            await using var store = await StoreProcess.StartAsync(folder.Path);
            using var sdk = store.Sdk();
            if (round == 0)
            {
                await sdk.PutBucketAsync("durable");
            }

            await writes.CheckAsync(sdk);
            await writes.RunUntilKilledAsync(sdk, acknowledgements: 60, store.KillAsync);
        }

        await using var server = await StoreServer.StartAsync(folder.Path);
        using var reader = Sdk(server);
        var listed = await writes.CheckAsync(reader);
        var changes = server.Journal.Changes();
        Assert.True(changes.Count >= writes.Acknowledged, $"{changes.Count} events of {writes.Acknowledged} acknowledged writes");
        foreach (var found in listed)
        {
            Assert.Equal(found.ETag.Trim('"'), changes.Last(change => change.Key == found.Key).ETag);
        }

        // The sweep runs beside the service: soon there is one file per blob that is one.
        var blobs = Path.Combine(folder.Path, "blobs");
        var files = server.Database.Read(static connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT count(*) FROM blob WHERE id NOT LIKE '%r'";
            return (long)command.ExecuteScalar()!;
        });
        await Eventually(() => Directory.EnumerateFiles(blobs, "*", SearchOption.AllDirectories).Count() == files);
    }

    [Fact]
    public async Task A_rule_for_keys_that_begin_with_a_blank_is_the_same_after_a_restart()
    {
        using var folder = new TempFolder();
        await using (var server = await StoreServer.StartAsync(folder.Path))
        {
            using var sdk = Sdk(server);
            await sdk.PutBucketAsync("blank");
            await sdk.PutObjectAsync(new() { BucketName = "blank", Key = "important", ContentBody = "x" });
            await sdk.PutLifecycleConfigurationAsync("blank", new()
            {
                Rules =
                [
                    new()
                    {
                        Status = LifecycleRuleStatus.Enabled,
                        Filter = new() { LifecycleFilterPredicate = new Amazon.S3.Model.LifecyclePrefixPredicate { Prefix = " " } },
                        Expiration = new() { Days = 1 },
                    },
                ],
            });
        }

        await using var again = await StoreServer.StartAsync(folder.Path);
        using var reader = Sdk(again);
        await reader.PutObjectAsync(new() { BucketName = "blank", Key = " old", ContentBody = "x" });

        Assert.Null((await reader.GetObjectMetadataAsync("blank", "important")).Expiration);
        Assert.NotNull((await reader.GetObjectMetadataAsync("blank", " old")).Expiration);
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

        var large = new Amazon.S3.Model.PutObjectRequest { BucketName = "small", Key = "large", InputStream = new MemoryStream(new byte[40 << 20]) };
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
