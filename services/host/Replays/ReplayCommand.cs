using System.CommandLine;
using System.Text.Json.Nodes;
using Glue.Host.Client;
using Spectre.Console;

namespace Glue.Host.Replays;

/// <summary><c>glue replay</c>: a part of the event log again. The stack does the work; this shows it and may leave at any time.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var from = new Option<string?>("--from") { Description = "Where to begin: a time (2026-11-21T10:00:00Z) or an offset (of every partition)." };
        var to = new Option<string?>("--to") { Description = "Where to end, without it: a time or an offset. Default: the log's present end." };
        var rule = new Option<string?>("--rule") { Description = "Only what this rule makes of it." };
        var rate = new Option<int>("--rate") { Description = "Records per second, at most.", DefaultValueFactory = static _ => 100 };
        var dryRun = new Option<bool>("--dry-run") { Description = "Count what would run, and run nothing." };
        var again = new Option<bool>("--again") { Description = "Run what has run before as well. Without it an invocation that is known is left alone." };
        var command = new Command("replay", "Run a part of the event log again.") { from, to, rule, rate, dryRun, again, StackClient.DataOption };
        command.Validators.Add(result =>
        {
            if (result.GetValue(from) is null)
            {
                result.AddError("Name where to begin: --from TIME or --from OFFSET (or a subcommand: list, stop, resume).");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            return await ReplayProgress.RunAsync(
                stack,
                new JsonObject
                {
                    ["from"] = parsed.GetValue(from), ["to"] = parsed.GetValue(to), ["rule"] = parsed.GetValue(rule),
                    ["rate"] = parsed.GetValue(rate), ["dryRun"] = parsed.GetValue(dryRun), ["again"] = parsed.GetValue(again),
                },
                cancellationToken);
        });
        command.Subcommands.Add(List());
        command.Subcommands.Add(OfOne("stop", "Stop one; it keeps its place.", async (stack, id, cancellationToken) =>
        {
            var replay = (await stack.Lambda.CallAsync(HttpMethod.Post, $"replays/{id}/stop", body: null, cancellationToken))!;
            Console.WriteLine(ReplayProgress.Line(replay));
            return 0;
        }));
        command.Subcommands.Add(OfOne("resume", "Go on with one that was stopped, or watch one that runs.", async (stack, id, cancellationToken) =>
        {
            await stack.Lambda.CallAsync(HttpMethod.Post, $"replays/{id}/resume", body: null, cancellationToken);
            return await ReplayProgress.ShowAsync(stack, id, cancellationToken);
        }));
        return command;
    }


    private static string Text(JsonNode? replay, string name) => Markup.Escape(replay![name]?.ToString() ?? "");

    private static Command List()
    {
        var command = new Command("list", "List replays, backfills and reconciliations, the newest first.") { StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            var replays = (await stack.Lambda.CallAsync(HttpMethod.Get, "replays", body: null, cancellationToken))!["replays"]!.AsArray();
            var table = new Table().AddColumns("id", "kind", "status", "from", "to", "done", "records", "matched", "new", "waiting");
            foreach (var replay in replays)
            {
                table.AddRow(
                    Text(replay, "id"), Text(replay, "kind"), Text(replay, "status"), Text(replay, "from"), Text(replay, "to"), $"{Text(replay, "done")}/{Text(replay, "total")}",
                    Text(replay, "records"), Text(replay, "matched"), Text(replay, "enqueued"), Text(replay, "waiting"));
            }

            AnsiConsole.Write(table);
            return 0;
        });
        return command;
    }

    private static Command OfOne(string name, string what, Func<StackClient, string, CancellationToken, Task<int>> run)
    {
        var id = new Argument<string>("id") { Description = "As listed." };
        var command = new Command(name, what) { id, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            return await run(stack, Uri.EscapeDataString(parsed.GetRequiredValue(id)), cancellationToken);
        });
        return command;
    }
}
