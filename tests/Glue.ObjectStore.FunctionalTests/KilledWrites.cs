using System.Collections.Concurrent;
using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Glue.ObjectStore.FunctionalTests;

/// <summary>Writers that put, overwrite and assemble until their store dies, and remember what was acknowledged and what only tried.</summary>
internal sealed class KilledWrites(string bucket)
{
    private const int Putters = 6;
    private const int Assemblers = 2;
    private const int PartBytes = 5 << 20;

    private readonly ConcurrentDictionary<string, string> _acknowledged = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _attempted = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>Writes that were answered with success.</summary>
    public int Acknowledged => _count;

    public async Task RunUntilKilledAsync(AmazonS3Client sdk, int acknowledgements, Func<Task> kill)
    {
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var target = _count + acknowledgements;
        var writing = Enumerable.Range(0, Putters + Assemblers).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; ; i++)
            {
                // Own keys per writer, each written again and again, so that overwriting is killed in the middle too.
                var key = $"{writer}/{i % 10}";
                var body = RandomNumberGenerator.GetBytes(writer >= Putters ? PartBytes + 30_000 : i % 3 == 0 ? 300_000 : 2_000);
                _attempted[Hash(body)] = true;
                try
                {
                    await (writer >= Putters ? AssembleAsync(sdk, key, body) : sdk.PutObjectAsync(new() { BucketName = bucket, Key = key, InputStream = new MemoryStream(body) }));
                }
                catch (Exception e) when (e is AmazonClientException or HttpRequestException or IOException)
                {
                    _acknowledged.TryRemove(key, out _); // killed under way: the old or the new content may be there
                    return;
                }

                _acknowledged[key] = Hash(body);
                if (Interlocked.Increment(ref _count) >= target)
                {
                    enough.TrySetResult();
                }
            }
        })).ToList();
        await enough.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await kill();
        await Task.WhenAll(writing);
    }

    /// <summary>Every acknowledged object is there as it was last acknowledged, and nothing is there that nobody wrote.</summary>
    public async Task<List<S3Object>> CheckAsync(AmazonS3Client sdk)
    {
        var listed = (await sdk.ListObjectsV2Async(new() { BucketName = bucket })).S3Objects ?? [];
        Assert.All(_acknowledged.Keys, key => Assert.Contains(listed, found => found.Key == key));
        foreach (var found in listed)
        {
            using var got = await sdk.GetObjectAsync(bucket, found.Key);
            var content = new MemoryStream();
            await got.ResponseStream.CopyToAsync(content);
            var hash = Hash(content.ToArray());
            Assert.True(_attempted.ContainsKey(hash), $"{found.Key} holds what nobody put");
            Assert.Equal(_acknowledged.GetValueOrDefault(found.Key, hash), hash);
        }

        return listed;
    }

    private async Task AssembleAsync(AmazonS3Client sdk, string key, byte[] body)
    {
        var upload = (await sdk.InitiateMultipartUploadAsync(bucket, key)).UploadId;
        var parts = new List<PartETag>();
        foreach (var (number, range) in new[] { (1, ..PartBytes), (2, PartBytes..) })
        {
            parts.Add(new PartETag(await sdk.UploadPartAsync(new()
            {
                BucketName = bucket, Key = key, UploadId = upload, PartNumber = number, InputStream = new MemoryStream(body[range]),
            })));
        }

        await sdk.CompleteMultipartUploadAsync(new() { BucketName = bucket, Key = key, UploadId = upload, PartETags = parts });
    }

    private static string Hash(byte[] body) => Convert.ToHexString(SHA256.HashData(body));
}
