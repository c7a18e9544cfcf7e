using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Amazon.S3;
using Amazon.S3.Model;
using Glue.Foundation.Signing;
using Glue.Foundation.Sqlite;
using Glue.ObjectStore.TestHost;

namespace Glue.ObjectStore.FunctionalTests;

/// <summary>Bodies that rot, are torn or vanish: never sent as good, found by a verification.</summary>
public sealed class VerifyTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    private static readonly HttpClient Http = new();

    [Fact]
    public async Task A_rotted_or_torn_file_is_not_sent_as_success_and_the_rest_of_the_store_is()
    {
        var bucket = await store.BucketAsync();
        using var sdk = store.Sdk();
        var body = RandomNumberGenerator.GetBytes(1_000_000);
        foreach (var key in new[] { "rotted-at-its-start", "rotted-later", "torn", "missing", "good" })
        {
            await sdk.PutObjectAsync(new() { BucketName = bucket, Key = key, InputStream = new MemoryStream(body) });
        }

        Flip(FileOf("rotted-at-its-start"), 10);
        Flip(FileOf("rotted-later"), 900_000);
        await using (var torn = File.OpenWrite(FileOf("torn")))
        {
            torn.SetLength(400_000);
        }

        File.Delete(FileOf("missing"));

        foreach (var key in new[] { "rotted-at-its-start", "torn", "missing" })
        {
            var refused = await Assert.ThrowsAsync<AmazonS3Exception>(() => sdk.GetObjectAsync(bucket, key));
            Assert.Equal(("ObjectDamaged", HttpStatusCode.InternalServerError), (refused.ErrorCode, refused.StatusCode));
        }

        await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync("rotted-later", null)); // the answer began, and was cut off
        Assert.Equal(body[..800_000], await ReadAsync("rotted-later", new ByteRange(0, 799_999)));
        Assert.Equal(body, await ReadAsync("good", null));
        await Assert.ThrowsAsync<AmazonS3Exception>(() => sdk.CopyPartAsync(new()
        {
            SourceBucket = bucket,
            SourceKey = "torn",
            DestinationBucket = bucket,
            DestinationKey = "x",
            UploadId = sdk.InitiateMultipartUploadAsync(bucket, "x").Result.UploadId,
            PartNumber = 1,
        }));

        async Task<byte[]> ReadAsync(string key, ByteRange? range)
        {
            using var got = await sdk.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = key, ByteRange = range });
            var content = new MemoryStream();
            await got.ResponseStream.CopyToAsync(content);
            return content.ToArray();
        }

        string FileOf(string key) => Path(bucket, key);
    }

    [Fact]
    public async Task A_verification_reads_everything_and_names_what_is_damaged()
    {
        var bucket = await store.BucketAsync();
        using var sdk = store.Sdk();
        await sdk.PutBucketVersioningAsync(new() { BucketName = bucket, VersioningConfig = new() { Status = VersionStatus.Enabled } });
        foreach (var (key, size, times) in new[] { ("empty", 0, 1), ("small", 100, 1), ("versions", 200_000, 2), ("old-release", 50_000, 1), ("fine", 300_000, 1) })
        {
            for (var i = 0; i < times; i++)
            {
                await sdk.PutObjectAsync(new() { BucketName = bucket, Key = key, InputStream = new MemoryStream(RandomNumberGenerator.GetBytes(size)), ChecksumAlgorithm = ChecksumAlgorithm.SHA256 });
            }
        }

        var upload = (await sdk.InitiateMultipartUploadAsync(new() { BucketName = bucket, Key = "multi", ChecksumAlgorithm = ChecksumAlgorithm.SHA256 })).UploadId;
        var parts = new List<PartETag>();
        for (var number = 1; number <= 3; number++)
        {
            var part = await sdk.UploadPartAsync(new()
            {
                BucketName = bucket, Key = "multi", UploadId = upload, PartNumber = number, ChecksumAlgorithm = ChecksumAlgorithm.SHA256,
                InputStream = new MemoryStream(RandomNumberGenerator.GetBytes(number < 3 ? 5 << 20 : 10)),
            });
            parts.Add(new PartETag(part));
        }

        await sdk.CompleteMultipartUploadAsync(new() { BucketName = bucket, Key = "multi", UploadId = upload, PartETags = parts });
        var open = (await sdk.InitiateMultipartUploadAsync(bucket, "unfinished")).UploadId;
        await sdk.UploadPartAsync(new() { BucketName = bucket, Key = "unfinished", UploadId = open, PartNumber = 4, InputStream = new MemoryStream(new byte[70_000]) });
        await QuickPartsAsync(sdk, bucket);
        await AsFirstReleaseAsync(bucket, "old-release");
        Assert.Empty((await VerifyAsync()).Damaged(bucket));

        Flip(Path(bucket, "versions"), 199_999);
        Flip(Path(bucket, "old-release"), 5);
        Flip(Path(bucket, "multi"), 3 << 20);
        Flip(Path(bucket, "quick"), 2 << 20);
        await store.Server.Database.WriteAsync(write => write.Prepared(
            "UPDATE part SET etag=$md5 WHERE number=2 AND upload_id=(SELECT id FROM upload WHERE key=CAST('quick-unfinished' AS BLOB))").With("$md5", new string('0', 32)).ExecuteNonQuery());
        File.Delete(PathOfBlob(Scalar("SELECT blob FROM part WHERE upload_id=$a", open)));
        await store.Server.Database.WriteAsync(write => write.Prepared(
            "UPDATE small_body SET bytes=zeroblob(100) WHERE id=(SELECT substr(body, 1, instr(body, ':')-1) FROM object JOIN bucket ON bucket.id=bucket_id WHERE name=$bucket AND key=CAST('small' AS BLOB))")
            .With("$bucket", bucket).ExecuteNonQuery());

        var found = await VerifyAsync();

        Assert.Equal(["multi", "old-release", "quick", "quick-unfinished", "small", "unfinished", "versions"], found.Damaged(bucket).Order(StringComparer.Ordinal));
        Assert.Equal(found.TotalBodies, found.Bodies);
        foreach (var key in new[] { "multi", "old-release", "quick", "small", "versions" })
        {
            Assert.Equal("ObjectDamaged", (await Assert.ThrowsAsync<AmazonS3Exception>(() => sdk.GetObjectAsync(bucket, key))).ErrorCode);
        }

        using var good = await sdk.GetObjectAsync(bucket, "fine");
        Assert.Equal(300_000, good.ContentLength);

        // Repaired from a copy, say: the next verification sees it, and it is served again.
        Flip(Path(bucket, "old-release"), 5);
        Assert.DoesNotContain("old-release", (await VerifyAsync()).Damaged(bucket));
        (await sdk.GetObjectAsync(bucket, "old-release")).Dispose();
    }

    [Fact]
    public async Task Another_account_verifies_only_its_own_and_a_stranger_nothing()
    {
        var bucket = await store.BucketAsync();
        using var sdk = store.Sdk();
        await sdk.PutObjectAsync(new() { BucketName = bucket, Key = "k", ContentBody = "x" });

        Assert.Equal(0, (await VerifyAsync(TestKeys.Stranger)).TotalBodies);
        using var anonymous = await Http.PostAsync(store.Server.Endpoint + "/?glue-verify", null);
        Assert.Equal(HttpStatusCode.Forbidden, anonymous.StatusCode);
    }

    [Fact]
    public async Task A_bounded_rate_is_kept()
    {
        var bucket = await store.BucketAsync();
        using var sdk = store.Sdk();
        await sdk.PutObjectAsync(new() { BucketName = bucket, Key = "k", InputStream = new MemoryStream(new byte[2_000_000]) });
        var started = TimeProvider.System.GetTimestamp();

        var found = await VerifyAsync(rate: 10_000_000_000);
        var (free, bytes) = (TimeProvider.System.GetElapsedTime(started), found.Bytes);
        started = TimeProvider.System.GetTimestamp();
        await VerifyAsync(rate: bytes);

        Assert.True(TimeProvider.System.GetElapsedTime(started) >= TimeSpan.FromSeconds(0.9), $"{bytes} bytes at as many per second; unbounded it took {free}");
    }

    /// <summary>Makes an object what the first release of Glue made: a file without sums.</summary>
    private async Task AsFirstReleaseAsync(string bucket, string key)
    {
        var old = BlobOf(bucket, key);
        var plain = new string('a', 30) + RandomNumberGenerator.GetHexString(2, lowercase: true);
        var size = long.Parse(Scalar("SELECT CAST(size AS TEXT) FROM object JOIN bucket ON bucket.id=bucket_id WHERE name=$a AND key=CAST($b AS BLOB)", bucket, key), CultureInfo.InvariantCulture);
        File.Move(PathOfBlob(old), PathOfBlob(plain));
        await using (var file = File.OpenWrite(PathOfBlob(plain)))
        {
            file.SetLength(size);
        }

        await store.Server.Database.WriteAsync(write =>
        {
            write.Prepared("UPDATE blob SET id=$new WHERE id=$old").With("$new", plain).With("$old", old).ExecuteNonQuery();
            write.Prepared("UPDATE object SET body=replace(body, $old, $new)").With("$new", plain).With("$old", old).ExecuteNonQuery();
        });
    }

    /// <summary>An object of two parts whose ETags are XXH128, and a third that is not completed.</summary>
    private async Task QuickPartsAsync(AmazonS3Client plain, string bucket)
    {
        using var sdk = store.Sdk();
        sdk.BeforeRequestEvent += static (_, request) => ((Amazon.Runtime.WebServiceRequestEventArgs)request).Headers["x-glue-part-etag"] = "xxh128";
        foreach (var key in new[] { "quick", "quick-unfinished" })
        {
            var upload = (await plain.InitiateMultipartUploadAsync(bucket, key)).UploadId;
            var parts = new List<PartETag>();
            for (var number = 1; number <= 2; number++)
            {
                var body = new MemoryStream(RandomNumberGenerator.GetBytes(number < 2 ? 5 << 20 : 10));
                parts.Add(new PartETag(await sdk.UploadPartAsync(new() { BucketName = bucket, Key = key, UploadId = upload, PartNumber = number, InputStream = body })));
            }

            if (key == "quick")
            {
                await plain.CompleteMultipartUploadAsync(new() { BucketName = bucket, Key = key, UploadId = upload, PartETags = parts });
            }
        }
    }

    private static void Flip(string path, long offset)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = offset;
        var value = file.ReadByte();
        file.Position = offset;
        file.WriteByte((byte)(value ^ 0x10));
    }

    private string Path(string bucket, string key) => PathOfBlob(BlobOf(bucket, key));

    private string PathOfBlob(string blob) => System.IO.Path.Combine(store.Folder, "blobs", blob[..2], blob);

    private string BlobOf(string bucket, string key) =>
        Scalar("SELECT body FROM object JOIN bucket ON bucket.id=bucket_id WHERE name=$a AND key=CAST($b AS BLOB)", bucket, key).Split(':')[0];

    private string Scalar(string sql, string a, string b = "") => store.Server.Database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (string)command.With("$a", a).With("$b", b).ExecuteScalar()!;
    });

    private async Task<Found> VerifyAsync(Credential? who = null, long rate = 0)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, $"{store.Server.Endpoint}/?glue-verify&rate={rate}");
        new SigV4Signer(TimeProvider.System).Sign(message, who ?? TestKeys.Owner, "us-east-1", "s3", Convert.ToHexStringLower(SHA256.HashData([])));
        using var answer = await Http.SendAsync(message);
        var lines = (await answer.Content.ReadAsStringAsync()).TrimEnd('\n').Split('\n').Select(static line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.True(lines[^1].GetProperty("done").GetBoolean());
        return new Found(lines);
    }

    private sealed record Found(List<JsonElement> Lines)
    {
        public long Bodies => Lines[^1].GetProperty("bodies").GetInt64();

        public long Bytes => Lines[^1].GetProperty("bytes").GetInt64();

        public long TotalBodies => Lines[^1].GetProperty("totalBodies").GetInt64();

        public IEnumerable<string> Damaged(string bucket) => Lines
            .Where(line => line.TryGetProperty("bucket", out var name) && name.GetString() == bucket).Select(static line => line.GetProperty("key").GetString()!);
    }
}
