using System.Globalization;
using System.Text.Json.Nodes;

namespace Glue.Host.FunctionalTests;

/// <summary>Events that fail: what is kept of them, and whom they delay.</summary>
[Collection(SharedStackCollection.Name)]
public sealed class FailureTests(SharedStack shared)
{
    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task A_dead_letter_is_listed_shown_with_event_error_attempts_and_log_and_redriven_once_the_function_is_mended()
    {
        await _stack.Lambda.CreateAsync("mendable", "nodejs20.x", "index.handler", Zip.Of("index.mjs", """
            export const handler = async (event) => {
              console.log('looked at', event.n);
              if (!process.env.MENDED) throw new TypeError('cannot do it yet');
              return event.n;
            };
            """));
        await _stack.Lambda.InvokeLaterAsync("mendable", """{"n":7}""");
        var dead = Assert.Single(await _stack.Lambda.InvocationsAsync("function=mendable&wait=60"))!;
        var id = (string)dead["id"]!;
        var listed = (await _stack.GlueAsync("dead-letters", "list", "--function", "mendable")).Expect();
        var shown = JsonNode.Parse((await _stack.GlueAsync("dead-letters", "show", id)).Expect())!;
        using var mended = await _stack.Lambda.SendAsync(HttpMethod.Put, "/2015-03-31/functions/mendable/configuration", new JsonObject
        {
            ["Environment"] = new JsonObject { ["Variables"] = new JsonObject { ["MENDED"] = "1" } },
        });
        var redriven = (await _stack.GlueAsync("dead-letters", "redrive", id)).Expect();
        var again = await _stack.Lambda.InvocationsAsync("function=mendable&wait=60");

        Assert.True(mended.IsSuccessStatusCode);
        Assert.Equal(("dead", 3), ((string)dead["state"]!, (int)dead["attempts"]!));
        Assert.Contains(id[..8], listed, StringComparison.Ordinal);
        Assert.Contains("cannot do it yet", listed.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal(7, (int)shown["event"]!["n"]!);
        Assert.Equal(("TypeError", "cannot do it yet"), ((string)shown["error"]!["errorType"]!, (string)shown["error"]!["errorMessage"]!));
        Assert.Equal(3, (int)shown["attempts"]!);
        Assert.Contains("looked at 7", (string)shown["logTail"]!, StringComparison.Ordinal);
        Assert.Contains("failed 3 times", (string)shown["reason"]!, StringComparison.Ordinal);
        Assert.Equal("1 redriven\n", redriven);
        Assert.Equal(("succeeded", 4), ((string)Assert.Single(again)!["state"]!, (int)again[0]!["attempts"]!));
    }

    [Fact]
    public async Task A_function_whose_RecursiveLoop_is_Allow_writes_past_the_sixteenth_of_its_own_chain()
    {
        await _stack.Lambda.CreateAsync("spiral", "nodejs20.x", "index.handler", Zip.Of("index.mjs", """
            export const handler = async (event) => {
              const { bucket, object } = event.Records[0].s3;
              const next = Number(object.key.split('/')[1]) + 1;
              if (next <= 18) await fetch(`${process.env.AWS_ENDPOINT_URL_S3}/${bucket.name}/ring/${next}`, { method: 'PUT', body: 'x' });
            };
            """), new() { ["OUTPUT_PREFIX"] = "ring/" });
        using var allowed = await _stack.Lambda.SendAsync(
            HttpMethod.Put, "/2024-08-31/functions/spiral/recursion-config", new JsonObject { ["RecursiveLoop"] = "Allow" });
        using var s3 = _stack.Sdk();
        await s3.PutBucketAsync("spiral");
        await _stack.AddRuleAsync("spiral", "spiral", "--prefix", "ring/", "--allow-recursion");
        await s3.PutObjectAsync(new() { BucketName = "spiral", Key = "ring/0", ContentBody = "x" });

        var rows = await _stack.SettledAsync("spiral", key: null, count: 19);

        Assert.True(allowed.IsSuccessStatusCode);
        Assert.All(rows, static row => Assert.Equal("succeeded", (string)row!["state"]!));
        Assert.Equal(18, rows.Max(static row => (int?)row!["source"]!["lineageDepth"] ?? 0));
    }

    [Fact]
    public async Task The_events_of_one_object_reach_a_function_in_order_and_one_at_a_time()
    {
        await _stack.Lambda.CreateAsync("steady", "nodejs20.x", "index.handler", Zip.Of("index.mjs", """
            export const handler = async () => new Promise((done) => setTimeout(done, 20 * Math.random()));
            """));
        using var s3 = _stack.Sdk();
        await s3.PutBucketAsync("order");
        await _stack.AddRuleAsync("order", "steady");
        for (var round = 0; round < 10; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(key => s3.PutObjectAsync(new() { BucketName = "order", Key = $"k{key}", ContentBody = $"{round}" })));
        }

        var rows = await _stack.SettledAsync("order", key: null, count: 40);

        foreach (var key in rows.GroupBy(static row => (string)row!["source"]!["key"]!))
        {
            var inOrder = key.OrderBy(static row => (string)row!["source"]!["sequencer"]!, StringComparer.Ordinal).ToList();
            Assert.Equal(10, inOrder.Count);
            Assert.All(inOrder.Zip(inOrder.Skip(1)), static pair => Assert.True(
                Time(pair.First!, "finishedAt") <= Time(pair.Second!, "startedAt"), $"{pair.First} ended after the start of {pair.Second}"));
        }
    }

    [Fact]
    public async Task A_poison_event_delays_only_itself_while_later_ones_of_its_key_and_all_other_keys_go_on()
    {
        using var folder = new TempFolder();
        await using var patient = await Stack.StartAsync(folder["data"], """{ "Dispatcher": { "RetryDelays": ["01:00:00", "01:00:00"] } }""");
        await patient.Lambda.CreateAsync("picky", "nodejs20.x", "index.handler", Zip.Of("index.mjs", """
            export const handler = async (event) => { if (event.Records[0].s3.object.size === 6) throw new Error('poison'); };
            """));
        using var s3 = patient.Sdk();
        await s3.PutBucketAsync("picky");
        await patient.AddRuleAsync("picky", "picky");
        await s3.PutObjectAsync(new() { BucketName = "picky", Key = "bad", ContentBody = "poison" });
        for (var i = 0; i < 10; i++)
        {
            await s3.PutObjectAsync(new() { BucketName = "picky", Key = $"good{i}", ContentBody = "x" });
        }

        await s3.PutObjectAsync(new() { BucketName = "picky", Key = "bad", ContentBody = "x" });
        JsonArray rows = [];
        await patient.UntilAsync(async () =>
        {
            rows = await patient.Lambda.InvocationsAsync("bucket=picky");
            return rows.Count(static row => (string)row!["state"]! == "succeeded") == 11;
        });

        var waiting = Assert.Single(rows, static row => (string)row!["state"]! != "succeeded")!;
        Assert.Equal(("bad", "failed", 1), ((string)waiting["source"]!["key"]!, (string)waiting["state"]!, (int)waiting["attempts"]!));
        Assert.True(Time(waiting, "dueAt") - Time(waiting, "acceptedAt") > TimeSpan.FromMinutes(50));
    }

    private static DateTimeOffset Time(JsonNode row, string field) => DateTimeOffset.Parse((string)row[field]!, CultureInfo.InvariantCulture);
}
