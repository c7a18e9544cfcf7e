using System.CommandLine;
using System.Text.Json.Nodes;
using Glue.Host.Client;
using Spectre.Console;

namespace Glue.Host.Webhooks;

/// <summary><c>glue webhook</c>: addresses that functions may name as destinations.</summary>
internal static class WebhookCommand
{
    private static readonly Argument<string> Name = new("name") { Description = "Its name; the destination's ARN is arn:glue:webhook:::NAME." };

    public static Command Create() => new("webhook", "Addresses that are told how asynchronous invocations ended.") { Add(), List(), Remove() };

    private static Command Add()
    {
        var url = new Argument<string>("url") { Description = "http or https." };
        var command = new Command("add", "Add one, or give it another address. The secret that signs its deliveries is shown once.") { Name, url, StackClient.AccountOption, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            JsonText.Write(await stack.Lambda.CallAsync(
                HttpMethod.Put, PathOf(parsed), new JsonObject { ["url"] = parsed.GetRequiredValue(url) }, cancellationToken));
            return 0;
        });
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "List them.") { StackClient.AccountOption, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            var table = new Table().AddColumns("arn", "url");
            foreach (var webhook in (await stack.Lambda.CallAsync(HttpMethod.Get, WebhooksOf(parsed), body: null, cancellationToken))!["webhooks"]!.AsArray())
            {
                table.AddRow(Markup.Escape(webhook!["arn"]!.ToString()), Markup.Escape(webhook["url"]!.ToString()));
            }

            AnsiConsole.Write(table);
            return 0;
        });
        return command;
    }

    private static Command Remove()
    {
        var command = new Command("remove", "Remove one; deliveries that wait for it become dead letters.") { Name, StackClient.AccountOption, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            await stack.Lambda.CallAsync(HttpMethod.Delete, PathOf(parsed), body: null, cancellationToken);
            return 0;
        });
        return command;
    }

    private static string WebhooksOf(ParseResult parsed) => StackClient.PathOf(parsed, "webhooks");

    private static string PathOf(ParseResult parsed) => $"{WebhooksOf(parsed)}/{Uri.EscapeDataString(parsed.GetRequiredValue(Name))}";
}
