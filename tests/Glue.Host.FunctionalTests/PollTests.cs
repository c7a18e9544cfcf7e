using System.Globalization;
using System.Text.Json.Nodes;
using Amazon.S3;
using Amazon.S3.Model;
using Xunit.Abstractions;

namespace Glue.Host.FunctionalTests;

/// <summary>Stores that tell nobody: Glue lists their buckets and tells what differs. <c>GLUE_POLL_ROUNDS</c> sets how often it is killed meanwhile (default 5).</summary>
public sealed class PollTests(ITestOutputHelper output)
{
    private const int ObjectsPerRound = 60;

    private const string Settings = """
        { "StorageEvents": { "ReconcileSettle": "00:00:00" }, "Dispatcher": { "RetryDelays": ["00:00:00.1", "00:00:00.1"], "FirstBackoff": "00:00:00.1" } }
        """;

    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("GLUE_POLL_ROUNDS") ?? "5", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Puts_and_removals_in_a_Ceph_that_notifies_nobody_run_functions_and_what_was_there_before_does_not()
    {
        using var folder = new TempFolder();
        await using var ceph = await RadosGateway.StartAsync();
        await using var stack = await Stack.StartAsync(folder["data"], Settings);
        using var s3 = RadosGatewayTests.ClientOf(ceph);
        await s3.PutBucketAsync("photos");
        await PutAsync(s3, "in/before.txt");
        await stack.Lambda.CreateAsync("told", "python3.11", "app.handler", Zip.Of("app.py", """
            import os, urllib.parse, urllib.request
            def handler(event, context):
                record = event['Records'][0]
                bucket, key = record['s3']['bucket']['name'], urllib.parse.unquote_plus(record['s3']['object']['key'])
                if record['eventName'].startswith('ObjectCreated'):
                    assert urllib.request.urlopen(f"{os.environ['AWS_ENDPOINT_URL_S3']}/{bucket}/{urllib.parse.quote(key)}").read() == b'from ceph'
                    urllib.request.urlopen(urllib.request.Request(f"{os.environ['AWS_ENDPOINT_URL_S3']}/{bucket}/out/result", data=b'x', method='PUT')).close()
            """));
        await stack.Lambda.CreateAsync("next", "python3.11", "app.handler", Zip.Of("app.py", "def handler(event, context): pass"));
        (await AttachAsync(stack, ceph.Endpoint, RadosGateway.AccessKey, RadosGateway.SecretKey, "--interval", "1h")).Expect();
        (await stack.GlueAsync("rule", "add", "photos", "told", "--prefix", "in/", "--events", "s3:ObjectCreated:*", "--events", "s3:ObjectRemoved:*")).Expect();
        (await stack.GlueAsync("rule", "add", "other/photos", "next", "--prefix", "out/")).Expect();
        await stack.UntilAsync(async () => (await ListAsync(stack)).Contains("1 objects, 0 events", StringComparison.Ordinal));

        // Attached again it is polled more often, and goes on where it was.
        (await AttachAsync(stack, ceph.Endpoint, RadosGateway.AccessKey, RadosGateway.SecretKey, "--interval", "1s")).Expect();
        await PutAsync(s3, "in/a b+ü.txt");
        await PutAsync(s3, "elsewhere/c.txt");
        Assert.Equal("succeeded", (string)(await stack.SettledAsync("other/photos", "in/a b+ü.txt"))["state"]!);
        await s3.DeleteObjectAsync("photos", "in/before.txt");
        Assert.Equal("succeeded", (string)(await stack.SettledAsync("other/photos", "in/before.txt"))["state"]!);

        // What a function wrote tells so, and an end of a chain that goes round is in sight.
        await stack.UntilAsync(async () => (await stack.Lambda.InvocationsAsync("bucket=other/photos&key=out/result")).Count == 1);
        Assert.Equal(1, (int)(await stack.SettledAsync("other/photos", "out/result"))["source"]!["lineageDepth"]!);
        Assert.Equal(3, (await stack.SettledAsync("other/photos", key: null, 3)).Count);

        var check = (await stack.GlueAsync("store", "check", "other")).Expect();
        Assert.Contains("every 1 s", check, StringComparison.Ordinal);
        Assert.Contains("photos listed", check, StringComparison.Ordinal);
        using (var http = new HttpClient())
        {
            var metrics = await http.GetStringAsync(stack.Process.Api + "/metrics");
            Assert.Contains("glue_attached_stores_poll_events_total 3", metrics, StringComparison.Ordinal);
        }

        Assert.Empty((await s3.GetBucketNotificationAsync("photos")).TopicConfigurations ?? []);

        // What it knew of the bucket is forgotten with the rule and the store.
        (await stack.GlueAsync("rule", "remove", "other/photos", "told")).Expect();
        (await stack.GlueAsync("rule", "remove", "other/photos", "next")).Expect();
        (await stack.GlueAsync("store", "detach", "other")).Expect();
        await s3.DeleteObjectAsync("photos", "in/a b+ü.txt");
        (await AttachAsync(stack, ceph.Endpoint, RadosGateway.AccessKey, RadosGateway.SecretKey, "--interval", "1s")).Expect();
        (await stack.GlueAsync("rule", "add", "photos", "told", "--prefix", "in/", "--events", "s3:ObjectRemoved:*")).Expect();
        await stack.UntilAsync(async () => (await ListAsync(stack)).Contains("0 objects, 0 events", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SIGKILL_while_it_polls_loses_no_event_and_repeats_none_that_is_not_recognised()
    {
        using var folder = new TempFolder();
        await using var other = await Stack.StartAsync(folder["other"]);
        using var theirs = other.Sdk(retries: 2);
        await theirs.PutBucketAsync("photos");
        var keys = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            await using var stack = await Stack.StartAsync(folder["data"], Settings);
            await PrepareAsync(stack, other, round);
            var moment = Random.Shared.Next(ObjectsPerRound / 2, ObjectsPerRound);
            for (var number = 0; number < ObjectsPerRound; number++)
            {
                if (number == moment)
                {
                    // Somewhere between the listing that saw the first of them and the end of what they cause.
                    var seen = (round * ObjectsPerRound) + Random.Shared.Next(1, moment);
                    await stack.UntilAsync(async () => await CountAsync(stack) >= Math.Min(seen, keys.Count));
                    await stack.Process.KillAsync();
                }

                keys.Add($"in/{round}-{number}");
                await PutAsync(theirs, keys[^1]);
            }
        }

        await using var last = await Stack.StartAsync(folder["data"], Settings);
        await last.UntilAsync(async () => await CountAsync(last) == keys.Count); // the making of what is removed now is told
        var gone = keys.Where(static key => key.EndsWith('7')).ToList();
        foreach (var key in gone)
        {
            await theirs.DeleteObjectAsync("photos", key);
        }

        await last.UntilAsync(async () => await CountAsync(last) == keys.Count + gone.Count);
        var told = await AllAsync(last);
        var said = $"poll: {Rounds} kills, {keys.Count} puts and {gone.Count} removals, {told.Count} invocations";
        output.WriteLine(said);
        Console.WriteLine(said);
        Assert.Equal(keys.Concat(gone).Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));

        static async Task<int> CountAsync(Stack stack) => (await AllAsync(stack)).Count;
    }

    [Theory]
    [InlineData("--interval", "500ms", "is not a number with s, m, h, d or w")]
    [InlineData("--interval", "2d", "The interval is 1 s to 1 day; it was 172800 s.")]
    public async Task An_interval_that_makes_no_sense_is_refused(string option, string value, string expected)
    {
        using var folder = new TempFolder();
        await using var stack = await Stack.StartAsync(folder["data"]);
        var refused = await AttachAsync(stack, "http://127.0.0.1:1", "a", "b", option, value);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains(expected, refused.Error, StringComparison.Ordinal);
    }

    private static async Task PrepareAsync(Stack stack, Stack other, int round)
    {
        if (round == 0)
        {
            await stack.Lambda.CreateAsync("noop", "python3.11", "app.handler", Zip.Of("app.py", "def handler(event, context): pass"));
            (await AttachAsync(stack, other.Process.S3, other.Process.AccessKey, other.Process.SecretKey, "--interval", "1s")).Expect();
            (await stack.GlueAsync("rule", "add", "other/photos", "noop", "--prefix", "in/", "--events", "s3:ObjectCreated:*", "--events", "s3:ObjectRemoved:*")).Expect();
        }
    }

    private static Task<Cli.Result> AttachAsync(Stack stack, string endpoint, string accessKey, string secretKey, params string[] more) =>
        stack.GlueAsync(["store", "attach", "other", "--endpoint", endpoint, "--access-key", accessKey, "--secret-key", secretKey, "--notify", "poll", .. more]);

    private static Task<PutObjectResponse> PutAsync(AmazonS3Client s3, string key) => s3.PutObjectAsync(new PutObjectRequest { BucketName = "photos", Key = key, ContentBody = "from ceph" });

    private static async Task<string> ListAsync(Stack stack)
    {
        using var answer = await stack.Lambda.SendAsync(HttpMethod.Get, "/glue/v1/stores", body: null);
        return (string)Assert.Single(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["stores"]!.AsArray())!["status"]!;
    }

    /// <summary>The keys of all that ran or runs, once per invocation.</summary>
    private static async Task<IReadOnlyList<string>> AllAsync(Stack stack) =>
        [.. (await stack.Lambda.InvocationsAsync("bucket=other/photos&limit=1000")).Select(static row => (string)row!["source"]!["key"]!)];
}
