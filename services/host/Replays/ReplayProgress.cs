using System.Text.Json.Nodes;
using Glue.Host.Client;
using Spectre.Console;

namespace Glue.Host.Replays;

/// <summary>Shows a replay until it is done or stopped: a bar on a terminal, a line a second elsewhere.</summary>
internal static class ReplayProgress
{
    private static readonly TimeSpan BarPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LinePause = TimeSpan.FromSeconds(1);

    /// <summary>Orders a replay and shows it.</summary>
    public static async Task<int> RunAsync(StackClient stack, JsonObject order, CancellationToken cancellationToken)
    {
        var replay = await stack.Lambda.CallAsync(HttpMethod.Post, "replays", order, cancellationToken);
        return await ShowAsync(stack, (string)replay!["id"]!, cancellationToken);
    }

    /// <returns>The exit code: 0 when it is done, 1 when it was stopped.</returns>
    public static async Task<int> ShowAsync(StackClient stack, string id, CancellationToken cancellationToken)
    {
        Console.WriteLine($"replay {id}; Ctrl-C leaves it running (glue replay stop {id} stops it, glue replay resume {id} goes on with it)");
        var last = Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive
            ? await WatchAsync(stack, id, LinePause, static replay => Console.WriteLine(Line(replay)), cancellationToken)
            : await AnsiConsole.Progress().AutoClear(true).StartAsync(progress =>
            {
                var task = progress.AddTask("replay", maxValue: 1);
                return WatchAsync(stack, id, BarPause, replay => Show(task, replay), cancellationToken);
            });
        Console.WriteLine(Line(last));
        return (string)last["status"]! == "done" ? 0 : 1;
    }

    public static string Line(JsonNode replay) =>
        ((string)replay["kind"]! == "replay"
            ? $"{replay["status"]}: {replay["done"]} of {replay["total"]} offsets, {replay["records"]} records, {replay["matched"]} matched"
            : $"{replay["status"]}: {replay["done"]} of {replay["total"]} objects, {replay["matched"]} {((string)replay["kind"]! == "backfill" ? "matched" : "missed")}")
        + ((bool)replay["dryRun"]! ? " (dry run: nothing enqueued)" : $", {replay["enqueued"]} new invocations")
        + (replay["waiting"] is { } why ? $"; waiting: {why}" : "");

    private static void Show(ProgressTask task, JsonNode replay)
    {
        task.Description = $"{replay["records"]} records, {replay["enqueued"]} new";
        task.MaxValue = Math.Max(1, (long)replay["total"]!);
        task.Value = (long)replay["done"]!;
    }

    private static async Task<JsonNode> WatchAsync(StackClient stack, string id, TimeSpan pause, Action<JsonNode> show, CancellationToken cancellationToken)
    {
        while (true)
        {
            var replay = (await stack.Lambda.CallAsync(HttpMethod.Get, $"replays/{id}", body: null, cancellationToken))!;
            if ((string)replay["status"]! != "running")
            {
                return replay;
            }

            show(replay);
            await Task.Delay(pause, cancellationToken);
        }
    }
}
