using System.CommandLine;
using System.Globalization;
using Glue.Host.Client;
using Spectre.Console;

namespace Glue.Host.Invocations;

/// <summary><c>glue dead-letters</c>: what was given up, why, and another try.</summary>
internal static class DeadLettersCommand
{
    public static Command Create()
    {
        var command = new Command("dead-letters", "Invocations that were given up: list, show, redrive.");
        command.Subcommands.Add(List());
        command.Subcommands.Add(Show());
        command.Subcommands.Add(Redrive());
        return command;
    }

    private static Command List()
    {
        var function = new Option<string?>("--function") { Description = "Only of this function." };
        var limit = new Option<int>("--limit") { Description = "At most so many, 1 to 1000.", DefaultValueFactory = static _ => 20 };
        var command = new Command("list", "List dead letters: newest first.") { function, limit, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            var dead = await stack.Lambda.InvocationsAsync(
                new Dictionary<string, string?>
                {
                    ["function"] = parsed.GetValue(function),
                    ["state"] = "dead",
                    ["limit"] = parsed.GetValue(limit).ToString(CultureInfo.InvariantCulture),
                },
                cancellationToken);
            var table = new Table().AddColumns("id", "accepted", "function", "object", "attempts", "why");
            foreach (var row in dead)
            {
                table.AddRow(
                    new[]
                    {
                        row.Id,
                        row.AcceptedAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                        row.Function,
                        row.Source.Bucket is null ? row.Source.Kind : $"{row.Source.Bucket}/{row.Source.Key}",
                        row.Attempts.ToString(CultureInfo.InvariantCulture),
                        InvocationsCommand.Why(row),
                    }.Select(Markup.Escape).ToArray());
            }

            AnsiConsole.Write(table);
            return 0;
        });
        return command;
    }

    private static Command Show()
    {
        var id = new Argument<string>("id") { Description = "As listed." };
        var command = new Command("show", "Show one with its event, its error and its last log, as JSON.") { id, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            JsonText.Write(await stack.Lambda.InvocationAsync(parsed.GetRequiredValue(id), cancellationToken));
            return 0;
        });
        return command;
    }

    private static Command Redrive()
    {
        var id = new Argument<string?>("id") { Description = "As listed; without it all of them.", Arity = ArgumentArity.ZeroOrOne };
        var function = new Option<string?>("--function") { Description = "All of this function." };
        var all = new Option<bool>("--all") { Description = "All there are." };
        var command = new Command("redrive", "Try again: one, all of a function, or all.") { id, function, all, StackClient.DataOption };
        command.Validators.Add(result =>
        {
            var chosen = (result.GetValue(id) is null ? 0 : 1) + (result.GetValue(function) is null ? 0 : 1) + (result.GetValue(all) ? 1 : 0);
            if (chosen != 1)
            {
                result.AddError("Name one: an id, --function NAME, or --all.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            var total = 0;
            if (parsed.GetValue(id) is { } one)
            {
                total = await stack.Lambda.RedriveAsync(Uri.EscapeDataString(one) + "/redrive", cancellationToken);
            }
            else
            {
                var path = parsed.GetValue(function) is { } name ? $"redrive?function={Uri.EscapeDataString(name)}" : "redrive";
                int redriven;
                do
                {
                    redriven = await stack.Lambda.RedriveAsync(path, cancellationToken);
                    total += redriven;
                }
                while (redriven == LambdaApiClient.MaxRedrivenPerCall);
            }

            Console.WriteLine($"{total} redriven");
            return 0;
        });
        return command;
    }
}
