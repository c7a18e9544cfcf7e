using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Amazon.S3.Model;
using Xunit.Abstractions;

namespace Glue.Host.FunctionalTests;

/// <summary>
/// SIGKILL of glue, of Kafka's broker, or of both, at random moments under load, round after round on the same data: every object whose put was
/// acknowledged reaches the handler at least once; where idempotency is on, a key has one outcome, which is every later one's. <c>GLUE_CRASH_ROUNDS</c> sets the rounds of both tests together (default 6).
/// </summary>
/// <remarks>
/// The handler leaves an object of its own for each of its runs and answers with that one's name, so that runs are counted and not what Glue says of
/// them. Half of the objects go to a function without idempotency, half to one with it: of each of those there are two puts, one key.
/// </remarks>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int ObjectsPerRound = 80;
    private const int CallsPerRound = 10;

    private const string Handler = """
        import json, os, urllib.parse, urllib.request, uuid
        def handler(event, context):
            key = urllib.parse.unquote_plus(event['Records'][0]['s3']['object']['key'])
            run = str(uuid.uuid4())
            url = os.environ['AWS_ENDPOINT_URL_S3'] + '/runs/' + urllib.parse.quote(key + '/' + run)
            urllib.request.urlopen(urllib.request.Request(url, data=b'x', method='PUT')).close()
            return run
        """;

    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("GLUE_CRASH_ROUNDS") ?? "6", CultureInfo.InvariantCulture) / 2;

    private readonly TempFolder _folder = new();
    private readonly ConcurrentBag<string> _acknowledged = [];
    private readonly Dictionary<string, string> _answers = []; // of synchronous calls, by idempotency key

    [Fact]
    public async Task SIGKILL_of_glue_under_load_lets_every_acknowledged_event_reach_its_handler_and_no_key_have_two_outcomes()
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
    public async Task SIGKILL_of_glue_and_of_Kafkas_broker_under_load_lets_every_acknowledged_event_reach_its_handler_and_no_key_have_two_outcomes()
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
        await stack.Lambda.CreateAsync("recorder", "python3.11", "app.handler", Zip.Of("app.py", Handler));
        await stack.AddRuleAsync("load", "recorder", "--prefix", "in/");
        await stack.Lambda.CreateAsync("once", "python3.11", "app.handler", Zip.Of("app.py", Handler));
        using var tagged = await stack.Lambda.SendAsync(HttpMethod.Post, "/2017-03-31/tags/arn:aws:lambda:us-east-1:000000000000:function:once", new JsonObject
        {
            ["Tags"] = new JsonObject { ["glue:idempotency"] = "$.Records[0].s3.object.key" },
        });
        Assert.True(tagged.IsSuccessStatusCode, await tagged.Content.ReadAsStringAsync());
        await stack.AddRuleAsync("load", "once", "--prefix", "once/");
    }

    /// <summary>Puts the round's objects and kills at a random one of them; returns when the clients have noticed.</summary>
    private async Task LoadUntilAsync(Stack stack, int round, Func<Task> killAsync)
    {
        var moment = Random.Shared.Next(1, ObjectsPerRound + 1);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var calling = CallAsync(stack, round);
        var putting = Load.PutAsync(
            stack, "load", [.. Enumerable.Range(0, ObjectsPerRound).Select(number => KeyOf(round, number))], [1], _acknowledged, count =>
            {
                if (count == moment)
                {
                    reached.SetResult();
                }
            });
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await killAsync();
        await putting;
        await calling;
    }

    private static string KeyOf(int round, int number) => number % 2 == 0 ? $"in/{round}-{number}" : $"once/{round}-{number / 4}";

    /// <summary>Synchronous calls, a key each, until they are through or glue is gone; keeps the answers that came.</summary>
    private async Task CallAsync(Stack stack, int round)
    {
        for (var number = 0; number < CallsPerRound; number++)
        {
            try
            {
                var key = $"call/{round}-{number}";
                _answers[key] = (await CallAsync(stack, key)).Answer;
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                return; // killed under way: it may have run or not
            }
        }
    }

    private static async Task<(string Answer, string? RepeatOf)> CallAsync(Stack stack, string key)
    {
        using var response = await stack.Lambda.SendAsync(
            HttpMethod.Post, "/2015-03-31/functions/once/invocations", JsonNode.Parse($$"""{ "Records": [{ "s3": { "object": { "key": "{{key}}" } } }] }"""));
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode && !response.Headers.Contains("X-Amz-Function-Error"), answer);
        return (answer.Trim('"'), response.Headers.TryGetValues("x-glue-idempotent-repeat-of", out var first) ? first.Single() : null);
    }

    private async Task ExpectAllAsync(Stack last, string log)
    {
        ILookup<string, string> runs = Enumerable.Empty<string>().ToLookup(static run => run);
        using var s3 = last.Sdk(retries: 2);
        try
        {
            await last.UntilAsync(async () =>
            {
                runs = await RunsAsync(s3);
                return _acknowledged.All(runs.Contains);
            });
            await ExpectOneOutcomeEachAsync(last, s3);
        }
        finally
        {
            var said = $"{log}: {Rounds} kills, {_acknowledged.Count} acknowledged, {_acknowledged.Count(key => !runs.Contains(key))} lost, "
                + $"{runs.Count(static key => key.Count() > 1)} run more than once ({runs.Sum(static key => key.Count() - 1)} runs too many); with idempotency "
                + $"{_answers.Count} answers to calls and {_acknowledged.Count(IsOnce)} acknowledged of {_acknowledged.Where(IsOnce).Distinct().Count()} keys, "
                + $"{runs.Count(static key => !IsPlain(key.Key) && key.Count() > 1)} keys run more than once";
            output.WriteLine(said);
            Console.WriteLine("crash tests, " + said);
        }

        _folder.Dispose();
    }

    private static bool IsOnce(string key) => key.StartsWith("once/", StringComparison.Ordinal);

    private static bool IsPlain(string key) => key.StartsWith("in/", StringComparison.Ordinal);

    /// <summary>
    /// A run whose settlement a kill prevented may be repeated, so runs are not counted here. Of each key one ledger row has an outcome of its own, the
    /// others point to it, and calls get it; an answer that a caller had before a kill is the answer after it.
    /// </summary>
    private async Task ExpectOneOutcomeEachAsync(Stack last, Amazon.S3.AmazonS3Client s3)
    {
        var settled = new Dictionary<string, JsonArray>();
        foreach (var key in _acknowledged.Where(IsOnce).GroupBy(static key => key))
        {
            settled[key.Key] = await last.SettledAsync("load", key.Key, key.Count());
        }

        var runs = await RunsAsync(s3);
        foreach (var (key, rows) in settled)
        {
            var own = Assert.Single(rows, static row => row!["reason"] is null)!;
            Assert.All(rows, static row => Assert.Equal("succeeded", (string)row!["state"]!));
            Assert.All(rows.Where(row => row != own), row => Assert.Contains((string)own["id"]!, (string)row!["reason"]!, StringComparison.Ordinal));
            var (answer, repeatOf) = await CallAsync(last, key);
            Assert.Equal((string)own["id"]!, repeatOf);
            Assert.Contains(answer, runs[key]);
            Assert.Equal((answer, repeatOf), await CallAsync(last, key));
        }

        foreach (var (key, answer) in _answers)
        {
            Assert.Equal(answer, (await CallAsync(last, key)).Answer);
        }

        Assert.Equal(runs.Sum(static key => key.Count()), (await RunsAsync(s3)).Where(key => runs.Contains(key.Key)).Sum(static key => key.Count()));
    }

    /// <summary>The names of each object's runs.</summary>
    private static async Task<ILookup<string, string>> RunsAsync(Amazon.S3.AmazonS3Client s3)
    {
        var runs = new List<string>();
        await foreach (var found in s3.Paginators.ListObjectsV2(new ListObjectsV2Request { BucketName = "runs" }).S3Objects)
        {
            runs.Add(found.Key);
        }

        return runs.ToLookup(static run => run[..run.LastIndexOf('/')], static run => run[(run.LastIndexOf('/') + 1)..]);
    }
}
