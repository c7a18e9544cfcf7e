using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Glue.Host.Client;
using Spectre.Console;

namespace Glue.Host.Accounts;

/// <summary><c>glue account</c>: tenants of a running stack, managed by the installation's own account.</summary>
internal static class AccountCommand
{
    private static readonly string[] Columns = ["id", "name", "weight", "concurrency", "running", "queueLength", "queueAgeSeconds"];

    private static readonly Argument<string> Which = new("account") { Description = "Its id or name." };

    public static Command Create() => new("account", "Tenants: their keys, limits and shares.") { Add(), List(), Show(), Limit(), Remove(), AccountKeysCommand.Create() };

    /// <summary>A new key as it goes into an AWS credentials file: shown once, kept nowhere in the clear.</summary>
    internal static void ShowKey(string profile, JsonNode key) => Console.WriteLine(
        $"[{profile}]\naws_access_key_id = {key["accessKeyId"]}\naws_secret_access_key = {key["secretAccessKey"]}");

    private static Command Add()
    {
        var name = new Argument<string>("name-or-id") { Description = "A name, or the 12 digits it is to have (random otherwise)." };
        var command = new Command("add", "Add an account and its first key, which is shown this once.") { name, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            var given = parsed.GetRequiredValue(name);
            var body = new JsonObject { [given.Length == 12 && given.All(char.IsAsciiDigit) ? "id" : "name"] = given };
            var added = (await stack.Lambda.CallAsync(HttpMethod.Post, "accounts", body, cancellationToken))!;
            Console.WriteLine($"# account {added["account"]!["id"]}: its first key, shown this once; keep it in an AWS credentials file");
            ShowKey(given, added["key"]!);
            return 0;
        });
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "List all accounts.") { StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            var all = (await stack.Lambda.CallAsync(HttpMethod.Get, "accounts", body: null, cancellationToken))!["accounts"]!.AsArray();
            var table = new Table().AddColumns("account", "name", "weight", "concurrency", "running", "queue length", "queue age");
            foreach (var account in all)
            {
                table.AddRow([.. Columns.Select(field => Markup.Escape(account![field]?.ToString() ?? "-"))]);
            }

            AnsiConsole.Write(table);
            return 0;
        });
        return command;
    }

    private static Command Show()
    {
        var command = new Command("show", "Show one with the limits in force, as JSON.") { Which, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            JsonText.Write(await stack.Lambda.CallAsync(HttpMethod.Get, PathOf(parsed), body: null, cancellationToken));
            return 0;
        });
        return command;
    }

    private static Command Limit()
    {
        var options = new (Option<string?> Option, string Field)[]
        {
            (new("--weight") { Description = "Share of the service beside other accounts, 0.01 to 1000." }, "weight"),
            (new("--concurrency") { Description = "Invocations at once; 0 stops the account." }, "concurrency"),
            (new("--queue-length") { Description = "Asynchronous invocations that may wait." }, "queueLength"),
            (new("--queue-age") { Description = "Seconds one may wait, retries included, 1 to 21600." }, "queueAgeSeconds"),
        };
        var command = new Command("limit", "Set limits, in force at once; the word default takes one back.") { Which, StackClient.DataOption };
        foreach (var (option, _) in options)
        {
            option.Validators.Add(result =>
            {
                if (result.Tokens is [{ Value: var text }] && text != "default" && !double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _))
                {
                    result.AddError($"{option.Name} {text}: a number, or default.");
                }
            });
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (options.All(one => result.GetResult(one.Option) is null))
            {
                result.AddError("Name what to set: --weight, --concurrency, --queue-length, --queue-age.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            var body = new JsonObject();
            foreach (var (option, field) in options.Where(one => parsed.GetResult(one.Option) is not null))
            {
                var text = parsed.GetValue(option)!;
                body[field] = text == "default" ? null : JsonNode.Parse(text);
            }

            JsonText.Write(await stack.Lambda.CallAsync(HttpMethod.Patch, PathOf(parsed), body, cancellationToken));
            return 0;
        });
        return command;
    }

    private static Command Remove()
    {
        var command = new Command("remove", "Remove one with its keys, webhooks and role policies; refused while it owns buckets, functions, layers or event source mappings.") { Which, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            await stack.Lambda.CallAsync(HttpMethod.Delete, PathOf(parsed), body: null, cancellationToken);
            return 0;
        });
        return command;
    }

    private static string PathOf(ParseResult parsed) => $"accounts/{Uri.EscapeDataString(parsed.GetRequiredValue(Which))}";
}
