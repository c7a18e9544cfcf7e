using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Glue.Host.Client;
using Spectre.Console;

namespace Glue.Host.Roles;

/// <summary><c>glue role</c>: what functions may do with storage, by the role they were created with.</summary>
internal static class RoleCommand
{
    private static readonly Argument<string> Name = new("name") { Description = "What is behind the last slash of the functions' Role ARN." };

    public static Command Create() => new("role", "What functions may do with storage: a policy per role.") { Put(), List(), Show(), Delete() };

    private static Command Put()
    {
        var policy = new Option<FileInfo>("--policy") { Description = "The policy, as IAM's JSON.", Required = true };
        var command = new Command("put", "Give a role a policy; its functions, running ones too, may do what it allows from now on.") { Name, policy, StackClient.AccountOption, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            JsonText.Write(await stack.Lambda.CallAsync(HttpMethod.Put, PathOf(parsed), Read(parsed.GetRequiredValue(policy)), cancellationToken));
            return 0;
        });
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "List the roles that have a policy.") { StackClient.AccountOption, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            var table = new Table().AddColumns("role", "changed");
            foreach (var role in (await stack.Lambda.CallAsync(HttpMethod.Get, RolesOf(parsed), body: null, cancellationToken))!["roles"]!.AsArray())
            {
                table.AddRow(Markup.Escape(role!["name"]!.ToString()), Markup.Escape(role["changedAt"]!.ToString()));
            }

            AnsiConsole.Write(table);
            return 0;
        });
        return command;
    }

    private static Command Show()
    {
        var command = new Command("show", "Show a role's policy, as it was put.") { Name, StackClient.AccountOption, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            JsonText.Write((await stack.Lambda.CallAsync(HttpMethod.Get, PathOf(parsed), body: null, cancellationToken))!["policy"]);
            return 0;
        });
        return command;
    }

    private static Command Delete()
    {
        var command = new Command("delete", "Take a role's policy away: its functions may use all buckets of their account again.") { Name, StackClient.AccountOption, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            await stack.Lambda.CallAsync(HttpMethod.Delete, PathOf(parsed), body: null, cancellationToken);
            return 0;
        });
        return command;
    }

    /// <exception cref="StartupException">The file cannot be read, or is no JSON.</exception>
    private static JsonObject Read(FileInfo file)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(file.FullName)) as JsonObject ?? throw new StartupException($"{file} is no policy: not a JSON object.");
        }
        catch (JsonException e)
        {
            throw new StartupException($"{file} is no JSON: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The policy {file} cannot be read: {e.Message}", e);
        }
    }

    private static string RolesOf(ParseResult parsed) => StackClient.PathOf(parsed, "roles");

    private static string PathOf(ParseResult parsed) => $"{RolesOf(parsed)}/{Uri.EscapeDataString(parsed.GetRequiredValue(Name))}";
}
