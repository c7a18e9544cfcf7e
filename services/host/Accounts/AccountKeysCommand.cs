using System.CommandLine;
using Glue.Host.Client;
using Spectre.Console;

namespace Glue.Host.Accounts;

/// <summary><c>glue account keys</c>: an account's key pairs.</summary>
internal static class AccountKeysCommand
{
    private static readonly Argument<string> Which = new("account") { Description = "Its id or name." };

    public static Command Create() => new("keys", "An account's keys: honoured as soon as added, refused as soon as removed.") { Add(), List(), Remove() };

    private static Command Add()
    {
        var command = new Command("add", "Make a key, which is shown this once.") { Which, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            AccountCommand.ShowKey(
                parsed.GetRequiredValue(Which), (await stack.Lambda.CallAsync(HttpMethod.Post, PathOf(parsed), body: null, cancellationToken))!);
            return 0;
        });
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "List an account's keys, without their secrets.") { Which, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            var keys = (await stack.Lambda.CallAsync(HttpMethod.Get, PathOf(parsed), body: null, cancellationToken))!["keys"]!.AsArray();
            var table = new Table().AddColumns("key", "created");
            foreach (var key in keys)
            {
                table.AddRow(Markup.Escape(key!["accessKeyId"]!.ToString()), Markup.Escape(key["createdAt"]!.ToString()));
            }

            AnsiConsole.Write(table);
            return 0;
        });
        return command;
    }

    private static Command Remove()
    {
        var key = new Argument<string>("key") { Description = "The access key id." };
        var command = new Command("remove", "Remove a key: it opens nothing any more.") { Which, key, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            await stack.Lambda.CallAsync(HttpMethod.Delete, $"{PathOf(parsed)}/{Uri.EscapeDataString(parsed.GetRequiredValue(key))}", body: null, cancellationToken);
            return 0;
        });
        return command;
    }

    private static string PathOf(ParseResult parsed) => $"accounts/{Uri.EscapeDataString(parsed.GetRequiredValue(Which))}/keys";
}
