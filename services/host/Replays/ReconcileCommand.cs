using System.CommandLine;
using System.Text.Json.Nodes;
using Glue.Host.Client;

namespace Glue.Host.Replays;

/// <summary><c>glue reconcile</c>: delivers what a bucket's rules missed. The stack does the work; this shows it and may leave at any time.</summary>
internal static class ReconcileCommand
{
    public static Command Create()
    {
        var bucket = new Argument<string>("bucket") { Description = "A bucket that has rules." };
        var prefix = new Option<string?>("--prefix") { Description = "Only objects whose key begins so." };
        var rate = new Option<int?>("--rate") { Description = "Objects looked at per second, at most. Default: StorageEvents:ReconcileRate." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Count what was missed, and run nothing." };
        var command = new Command("reconcile", "Compare what a bucket holds with what was delivered, and deliver what was missed.") { bucket, prefix, rate, dryRun, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            return await ReplayProgress.RunAsync(
                stack,
                new JsonObject
                {
                    ["kind"] = "reconcile", ["bucket"] = parsed.GetRequiredValue(bucket), ["prefix"] = parsed.GetValue(prefix),
                    ["rate"] = parsed.GetValue(rate), ["dryRun"] = parsed.GetValue(dryRun),
                },
                cancellationToken);
        });
        return command;
    }
}
