using System.Collections.Concurrent;
using System.Net.Sockets;
using Amazon.S3;
using Amazon.S3.Model;
using Glue.StorageEvents.Tests.Rules;
using Xunit.Abstractions;

namespace Glue.StorageEvents.FunctionalTests.ObjectStore;

public sealed class KilledStoreTests(ITestOutputHelper output) : IDisposable
{
    private const int Rounds = 5;
    private const int Clients = 8;

    private readonly TempFolder _folder = new();
    private readonly ConcurrentBag<string> _acknowledged = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_object_has_its_invocation_and_every_invocation_its_object_however_often_the_process_is_killed()
    {
        var random = new Random(20261121);
        for (var round = 0; round < Rounds; round++)
        {
            using var process = await StoreProcess.StartAsync(_folder.Path);
            using var client = Client(process.Endpoint);
            if (round == 0)
            {
                await client.PutBucketAsync("photos");
                await PutRuleAsync(client);
            }

            var killAt = _acknowledged.Count + random.Next(20, 150);
            var kill = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var putting = Enumerable.Range(0, Clients).Select(i => PutUntilKilledAsync(client, $"round-{round}/client {i}/", killAt, kill)).ToArray();
            await kill.Task.WaitAsync(TimeSpan.FromSeconds(60));
            await process.KillAsync();
            await Task.WhenAll(putting);
        }

        await using var intake = new DurableIntake(_folder.Path);
        await using var stack = await StoreStack.StartAsync(_folder.Path, intake, new FakeFunctions());
        using var last = Client(stack.Endpoint);
        await last.PutObjectAsync(new PutObjectRequest { BucketName = "photos", Key = "zz-last", ContentBody = "x" });
        await UntilAsync(() => intake.Offered().Any(row => row.Key == "zz-last")); // the log is in order: all before it is through

        var objects = await ListAsync(last);
        var offered = intake.Offered();
        output.WriteLine(
            $"{Rounds} kills: {_acknowledged.Count} puts acknowledged, {objects.Count} objects, {offered.Count} invocations, "
            + $"{offered.Count(row => row.Times > 1)} of them offered more than once");
        Assert.Empty(_acknowledged.Except(objects));
        Assert.Equal(objects.Order(StringComparer.Ordinal), offered.Select(row => row.Key).Order(StringComparer.Ordinal));
    }

    private static AmazonS3Client Client(string endpoint) => new(
        StoreStack.Credential.AccessKeyId,
        StoreStack.Credential.SecretAccessKey,
        new AmazonS3Config { ServiceURL = endpoint, ForcePathStyle = true, AuthenticationRegion = "us-east-1", MaxErrorRetry = 0 });

    private static Task<PutBucketNotificationResponse> PutRuleAsync(AmazonS3Client client) => client.PutBucketNotificationAsync(new PutBucketNotificationRequest
    {
        BucketName = "photos",
        LambdaFunctionConfigurations = [new LambdaFunctionConfiguration { Id = "all", FunctionArn = FakeFunctions.Thumbnail, Events = [EventType.ObjectCreatedAll] }],
    });

    private async Task PutUntilKilledAsync(AmazonS3Client client, string prefix, int killAt, TaskCompletionSource kill)
    {
        for (var i = 0; ; i++)
        {
            var key = $"{prefix}{i:000}.txt";
            try
            {
                await client.PutObjectAsync(new PutObjectRequest { BucketName = "photos", Key = key, ContentBody = key });
            }
            catch (Exception e) when (e is HttpRequestException or AmazonS3Exception or IOException or SocketException or Amazon.Runtime.AmazonClientException)
            {
                kill.TrySetResult(); // should it have failed for another reason, the comparison at the end tells
                return;
            }

            _acknowledged.Add(key);
            if (_acknowledged.Count >= killAt)
            {
                kill.TrySetResult();
            }
        }
    }

    private static async Task<HashSet<string>> ListAsync(AmazonS3Client client)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var item in client.Paginators.ListObjectsV2(new ListObjectsV2Request { BucketName = "photos" }).S3Objects)
        {
            keys.Add(item.Key);
        }

        return keys;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            await Task.Delay(10, limit.Token);
        }
    }
}
