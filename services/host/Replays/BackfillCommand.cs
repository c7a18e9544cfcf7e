using System.CommandLine;
using System.Text.Json.Nodes;
using Glue.Host.Client;

namespace Glue.Host.Replays;

/// <summary><c>glue backfill</c>: a rule for the objects that were there before it. The stack does the work; this shows it and may leave at any time.</summary>
internal static class BackfillCommand
{
    public static Command Create()
    {
        var rule = new Argument<string>("rule") { Description = "The rule's id." };
        var bucket = new Option<string?>("--bucket") { Description = "Its bucket, where several have a rule of that id." };
        var prefix = new Option<string?>("--prefix") { Description = "Only objects whose key begins so." };
        var rate = new Option<int>("--rate") { Description = "Objects per second, at most.", DefaultValueFactory = static _ => 100 };
        var dryRun = new Option<bool>("--dry-run") { Description = "Count what would run, and run nothing." };
        var again = new Option<bool>("--again") { Description = "Run what has run before as well. Without it an invocation that is known is left alone." };
        var command = new Command("backfill", "Run a rule for the objects that are there already.") { rule, bucket, prefix, rate, dryRun, again, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            return await ReplayProgress.RunAsync(
                stack,
                new JsonObject
                {
                    ["kind"] = "backfill", ["rule"] = parsed.GetRequiredValue(rule), ["bucket"] = parsed.GetValue(bucket), ["prefix"] = parsed.GetValue(prefix),
                    ["rate"] = parsed.GetValue(rate), ["dryRun"] = parsed.GetValue(dryRun), ["again"] = parsed.GetValue(again),
                },
                cancellationToken);
        });
        return command;
    }
}
