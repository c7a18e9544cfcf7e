using System.Text.Json.Nodes;
using Amazon.S3;

namespace Glue.Host.FunctionalTests;

/// <summary><c>glue backfill</c> and <c>glue reconcile</c> on a running stack, over kills and a lost queue.</summary>
public sealed class BackfillTests
{
    private const string Settings = """
        { "StorageEvents": { "ReconcileSettle": "00:00:00" }, "Dispatcher": { "RetryDelays": ["00:00:00.1", "00:00:00.1"], "FirstBackoff": "00:00:00.1" } }
        """;

    private const string Handler = "export const handler = async () => 'ran';";

    [Fact]
    public async Task A_rule_is_run_for_the_objects_that_were_there_before_it_once_each_over_a_kill()
    {
        using var folder = new TempFolder();
        string id;
        {
            await using var stack = await Stack.StartAsync(folder["data"], Settings);
            await FillAsync(stack, "old", 40);
            await stack.AddRuleAsync("old", "ran", "--prefix", "in/", "--id", "late");
            var dry = (await stack.GlueAsync("backfill", "late", "--prefix", "in/1", "--dry-run", "--rate", "10000")).Expect();
            var nobody = await stack.GlueAsync("backfill", "early");
            using var started = await stack.Lambda.SendAsync(
                HttpMethod.Post, "/glue/v1/replays", JsonNode.Parse("""{"kind": "backfill", "rule": "late", "rate": 5}"""));
            id = (string)JsonNode.Parse(await started.Content.ReadAsStringAsync())!["id"]!;
            await stack.UntilAsync(async () => (await stack.Lambda.InvocationsAsync("bucket=old&limit=1000")).Count >= 4);
            await stack.Process.KillAsync();

            Assert.Contains("10 matched (dry run: nothing enqueued)", dry, StringComparison.Ordinal);
            Assert.Equal(2, nobody.ExitCode);
            Assert.Contains("There is no rule 'early'", nobody.Error, StringComparison.Ordinal);
        }

        await using var after = await Stack.StartAsync(folder["data"], Settings);
        var done = await DoneAsync(after, id);
        var rows = await after.SettledAsync("old", key: null, 40);
        var again = (await after.GlueAsync("backfill", "late", "--bucket", "old", "--rate", "10000")).Expect();

        Assert.Equal((41, 41, 40), ((int)done["done"]!, (int)done["total"]!, (int)done["matched"]!));
        Assert.Equal(40, rows.Select(static row => (string)row!["source"]!["key"]!).Distinct().Count());
        Assert.All(rows, static row => Assert.Equal("succeeded", (string)row!["state"]!));
        Assert.Contains("40 matched, 0 new invocations", again, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_lost_queue_forgot_is_found_by_a_reconciliation_and_only_that()
    {
        using var folder = new TempFolder();
        {
            await using var stack = await Stack.StartAsync(folder["data"], Settings);
            await FillAsync(stack, "kept", 1);
            await stack.AddRuleAsync("kept", "ran", "--prefix", "in/", "--id", "r");
            await PutAsync(stack, "kept", 5);
            await stack.SettledAsync("kept", key: null, 5);
            var nothing = (await stack.GlueAsync("reconcile", "kept")).Expect();
            var none = await stack.GlueAsync("reconcile", "elsewhere");
            Assert.Equal(0, await stack.Process.InterruptAsync(TimeSpan.FromSeconds(60)));

            Assert.Contains("0 missed, 0 new invocations", nothing, StringComparison.Ordinal);
            Assert.Contains("has no rules that could have missed anything", none.Error, StringComparison.Ordinal);
        }

        foreach (var file in Directory.GetFiles(folder["data"], "queue.db*"))
        {
            File.Delete(file); // as after a restore of an older copy
        }

        await using var after = await Stack.StartAsync(folder["data"], Settings);
        await PutAsync(after, "kept", 1); // overwritten since: one of the five is delivered in the usual way
        await after.SettledAsync("kept", key: null, 1);
        var missed = (await after.GlueAsync("reconcile", "kept", "--prefix", "in/", "--rate", "10000")).Expect();
        var rows = await after.SettledAsync("kept", key: null, 5);
        var settled = (await after.GlueAsync("reconcile", "kept")).Expect();

        Assert.Contains("done: 5 of 5 objects, 4 missed, 4 new invocations", missed, StringComparison.Ordinal);
        Assert.Equal(["in/00", "in/01", "in/02", "in/03", "in/04"], rows.Select(static row => (string)row!["source"]!["key"]!).Order());
        Assert.Contains("0 missed, 0 new invocations", settled, StringComparison.Ordinal);
    }

    /// <summary>Nobody tells it to go on: it does.</summary>
    private static async Task<JsonNode> DoneAsync(Stack stack, string id)
    {
        JsonNode? replay = null;
        await stack.UntilAsync(async () =>
        {
            using var answer = await stack.Lambda.SendAsync(HttpMethod.Get, $"/glue/v1/replays/{id}", body: null);
            replay = JsonNode.Parse(await answer.Content.ReadAsStringAsync());
            return (string)replay!["status"]! == "done";
        });
        return replay!;
    }

    /// <summary>A function, a bucket, and in it so many objects to which it will apply and one to which it will not.</summary>
    private static async Task FillAsync(Stack stack, string bucket, int count)
    {
        await stack.Lambda.CreateAsync("ran", "nodejs20.x", "index.handler", Zip.Of("index.mjs", Handler));
        using var s3 = stack.Sdk();
        await s3.PutBucketAsync(bucket);
        await s3.PutObjectAsync(new() { BucketName = bucket, Key = "out/elsewhere", ContentBody = "x" });
        await PutAsync(stack, bucket, count);
    }

    private static async Task PutAsync(Stack stack, string bucket, int count)
    {
        using var s3 = stack.Sdk();
        for (var i = 0; i < count; i++)
        {
            await s3.PutObjectAsync(new() { BucketName = bucket, Key = $"in/{i:00}", ContentBody = "x" });
        }
    }
}
