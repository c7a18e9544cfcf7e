using System.Collections.Concurrent;
using Amazon.Runtime;
using Amazon.S3.Model;

namespace Glue.Host.FunctionalTests;

/// <summary>Several clients that put objects until the round's are through or the store is gone.</summary>
internal static class Load
{
    private const int Clients = 4;

    /// <param name="stack">The one to be killed.</param>
    /// <param name="bucket">Is there.</param>
    /// <param name="keys">One object each.</param>
    /// <param name="body">Of each.</param>
    /// <param name="acknowledged">Gets the key of each object that was.</param>
    /// <param name="onAcknowledged">Told the round's count.</param>
    public static Task PutAsync(Stack stack, string bucket, IReadOnlyList<string> keys, byte[] body, ConcurrentBag<string> acknowledged, Action<int> onAcknowledged)
    {
        var (next, count) = (-1, 0);
        return Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            using var s3 = stack.Sdk();
            for (int number; (number = Interlocked.Increment(ref next)) < keys.Count;)
            {
                try
                {
                    await s3.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = keys[number], InputStream = new MemoryStream(body) });
                }
                catch (Exception e) when (e is AmazonClientException or HttpRequestException or IOException)
                {
                    return; // killed under way: it may be there or not
                }

                acknowledged.Add(keys[number]);
                onAcknowledged(Interlocked.Increment(ref count));
            }
        })));
    }
}
