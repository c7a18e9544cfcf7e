using System.Collections.Concurrent;
using System.Globalization;
using Amazon.S3.Model;
using Xunit.Abstractions;

namespace Glue.Host.FunctionalTests;

/// <summary>
/// SIGKILL of glue, of Kafka's broker, or of both, at random moments under load, round after round on the same data: every object whose put was
/// acknowledged reaches the handler at least once. <c>GLUE_CRASH_ROUNDS</c> sets the rounds of both tests together (default 6).
/// </summary>
/// <remarks>The handler leaves an object of its own for each of its runs, so that runs are counted and not what Glue says of them.</remarks>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int ObjectsPerRound = 80;

    private const string Handler = """
        import json, os, urllib.parse, urllib.request, uuid
        def handler(event, context):
            for record in event['Records']:
                key = urllib.parse.unquote_plus(record['s3']['object']['key'])
                url = os.environ['AWS_ENDPOINT_URL_S3'] + '/runs/' + urllib.parse.quote(key + '/' + str(uuid.uuid4()))
                urllib.request.urlopen(urllib.request.Request(url, data=b'x', method='PUT')).close()
        """;

    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("GLUE_CRASH_ROUNDS") ?? "6", CultureInfo.InvariantCulture) / 2;

    private readonly TempFolder _folder = new();
    private readonly ConcurrentBag<string> _acknowledged = [];

    [Fact]
    public async Task SIGKILL_of_glue_under_load_lets_every_acknowledged_event_reach_its_handler()
    {
        for (var round = 0; round < Rounds; round++)
        {
            await using var stack = await Stack.StartAsync(_folder["data"]);
            await PrepareAsync(stack, round);
            await LoadUntilAsync(stack, round, stack.Process.KillAsync);
        }

        await using var last = await Stack.StartAsync(_folder["data"]);
        await ExpectAllAsync(last, "SQLite");
    }

    [Fact]
    public async Task SIGKILL_of_glue_and_of_Kafkas_broker_under_load_lets_every_acknowledged_event_reach_its_handler()
    {
        await using var broker = await KafkaBroker.StartAsync();
        for (var round = 0; round < Rounds; round++)
        {
            await using var stack = await Stack.StartWithKafkaAsync(_folder["data"], broker);
            await PrepareAsync(stack, round);
            switch (round % 3)
            {
                case 0:
                    await LoadUntilAsync(stack, round, () => Task.WhenAll(stack.Process.KillAsync(), broker.KillAsync()));
                    await broker.StartBrokerAsync();
                    break;
                case 1:
                    // The broker goes and comes while puts go on; then glue is killed in the middle of catching up.
                    await LoadUntilAsync(stack, round, broker.KillAsync);
                    await broker.StartBrokerAsync();
                    await stack.Process.KillAsync();
                    break;
                default:
                    await LoadUntilAsync(stack, round, stack.Process.KillAsync);
                    break;
            }
        }

        await using var last = await Stack.StartWithKafkaAsync(_folder["data"], broker);
        await ExpectAllAsync(last, "Kafka");
    }

    private static async Task PrepareAsync(Stack stack, int round)
    {
        if (round > 0)
        {
            return;
        }

        using var s3 = stack.Sdk();
        await s3.PutBucketAsync("load");
        await s3.PutBucketAsync("runs");
        await stack.Lambda.CreateAsync("recorder", "python3.12", "app.handler", Zip.Of("app.py", Handler));
        await stack.AddRuleAsync("load", "recorder", "--prefix", "in/");
    }

    /// <summary>Puts the round's objects and kills at a random one of them; returns when the clients have noticed.</summary>
    private async Task LoadUntilAsync(Stack stack, int round, Func<Task> killAsync)
    {
        var moment = Random.Shared.Next(1, ObjectsPerRound + 1);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var putting = Load.PutAsync(
            stack, "load", [.. Enumerable.Range(0, ObjectsPerRound).Select(number => $"in/{round}-{number}")], [1], _acknowledged, count =>
            {
                if (count == moment)
                {
                    reached.SetResult();
                }
            });
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await killAsync();
        await putting;
    }

    private async Task ExpectAllAsync(Stack last, string log)
    {
        Dictionary<string, int> runs = [];
        using var s3 = last.Sdk(retries: 2);
        try
        {
            await last.UntilAsync(async () =>
            {
                runs = await RunsAsync(s3);
                return _acknowledged.All(runs.ContainsKey);
            });
        }
        finally
        {
            output.WriteLine($"{log}: {Rounds} kills, {_acknowledged.Count} acknowledged, {_acknowledged.Count(key => !runs.ContainsKey(key))} lost, "
                + $"{runs.Values.Count(static times => times > 1)} run more than once ({runs.Values.Sum(static times => times - 1)} runs too many)");
            Console.WriteLine($"crash tests, {log}: {Rounds} kills, {_acknowledged.Count} acknowledged, {_acknowledged.Count(key => !runs.ContainsKey(key))} lost, "
                + $"{runs.Values.Count(static times => times > 1)} run more than once");
        }

        _folder.Dispose();
    }

    /// <summary>How often each object's handler ran.</summary>
    private static async Task<Dictionary<string, int>> RunsAsync(Amazon.S3.AmazonS3Client s3)
    {
        var runs = new Dictionary<string, int>(StringComparer.Ordinal);
        await foreach (var found in s3.Paginators.ListObjectsV2(new ListObjectsV2Request { BucketName = "runs" }).S3Objects)
        {
            var key = found.Key[..found.Key.LastIndexOf('/')];
            runs[key] = runs.GetValueOrDefault(key) + 1;
        }

        return runs;
    }
}
