using System.Collections.Concurrent;

namespace Glue.Host.FunctionalTests;

/// <summary>A stack that ends as in a power cut.</summary>
public sealed class KilledTests
{
    private const int PicturesPerRound = 70;
    private const int Rounds = 3;

    [Fact]
    public async Task SIGKILL_in_the_middle_of_the_load_loses_no_acknowledged_picture_no_event_and_leaves_no_process()
    {
        using var folder = new TempFolder();
        var acknowledged = new ConcurrentBag<string>();
        for (var round = 0; round < Rounds; round++)
        {
            await using var stack = await Stack.StartAsync(folder["data"]);
            if (round == 0)
            {
                using var s3 = stack.Sdk();
                await s3.PutBucketAsync("load");
                await stack.AddRuleAsync("load", "thumbnail", "--prefix", "in/");
            }

            // Now and then with work in flight; a round that ends before its moment is killed with what is still queued.
            var moment = Random.Shared.Next(PicturesPerRound / 4, PicturesPerRound);
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var putting = PutAsync(stack, round, acknowledged, count =>
            {
                if (count == moment)
                {
                    reached.SetResult();
                }
            });
            await reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
            var sandboxes = ProcessTree.DescendantsOf(stack.Process.Id);
            await stack.Process.KillAsync();
            await putting;
            await ProcessTree.ExpectGoneAsync(sandboxes);
        }

        await using var last = await Stack.StartAsync(folder["data"]);
        await PutAsync(last, Rounds, acknowledged, static _ => { });
        var rows = await last.SettledAsync("load", key: null, acknowledged.Count);

        using var store = last.Sdk();
        Assert.All(rows, static row => Assert.True((string)row!["state"]! == "succeeded", row!.ToJsonString()));
        Assert.Empty(acknowledged.Except(rows.Select(static row => (string)row!["source"]!["key"]!)));
        Assert.Equal(rows.Count, rows.Select(static row => (string)row!["source"]!["key"]!).Distinct().Count());
        var present = (await store.ListObjectsV2Async(new() { BucketName = "load" })).S3Objects.Select(static found => found.Key).ToHashSet();
        Assert.Empty(acknowledged.Except(present));
        Assert.Empty(acknowledged.Select(static key => "thumbnails/" + key).Except(present));
    }

    private static async Task PutAsync(Stack stack, int round, ConcurrentBag<string> acknowledged, Action<int> onAcknowledged) => await Load.PutAsync(
        stack, "load", [.. Enumerable.Range(1, PicturesPerRound).Select(number => $"in/{round}-{number}.jpg")], await Picture.JpegAsync(), acknowledged, onAcknowledged);
}
