using System.CommandLine;
using Amazon.S3.Model;
using Glue.Host.Client;
using Spectre.Console;

namespace Glue.Host.Rules;

/// <summary><c>glue rule</c>: connects buckets of a running stack to functions.</summary>
internal static class RuleCommand
{
    private static readonly Argument<string> Bucket = new("bucket") { Description = "The bucket's name; STORE/BUCKET in an attached store." };

    public static Command Create() => new("rule", "Connect buckets and functions.") { Add(), List(), Remove() };

    private static Command Add()
    {
        var function = new Argument<string>("function") { Description = "The function's name or ARN." };
        var id = new Option<string?>("--id") { Description = "The rule's name in the bucket; default the function's name. An existing rule of that name is replaced." };
        var prefix = new Option<string>("--prefix") { Description = "Only keys that begin so.", DefaultValueFactory = static _ => "" };
        var suffix = new Option<string>("--suffix") { Description = "Only keys that end so.", DefaultValueFactory = static _ => "" };
        var events = new Option<string[]>("--events")
        {
            Description = "S3 event types.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = static _ => ["s3:ObjectCreated:*"],
        };
        var recursion = new Option<bool>("--allow-recursion")
        {
            Description = "Accept a function that writes where the rule fires again (a chain of 16 is stopped all the same).",
        };
        var command = new Command("add", "Let a bucket trigger a function: grants S3 the permission and adds the rule.")
        {
            Bucket, function, id, prefix, suffix, events, recursion, StackClient.AccountOption, StackClient.DataOption,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var tenant = await TenantClient.OfAsync(parsed, cancellationToken);
            var stack = tenant.Stack;
            var name = parsed.GetValue(function)!;
            var rule = new NewRule(parsed.GetValue(Bucket)!, name)
            {
                Id = parsed.GetValue(id) ?? name[(name.LastIndexOf(':') + 1)..],
                Prefix = parsed.GetValue(prefix)!,
                Suffix = parsed.GetValue(suffix)!,
                Events = parsed.GetValue(events)!,
                AllowsRecursion = parsed.GetValue(recursion),
            };
            await stack.AddRuleAsync(rule, cancellationToken);
            AnsiConsole.MarkupLineInterpolated(
                $"{rule.Bucket}/{rule.Prefix}*{rule.Suffix} now triggers [bold]{rule.Function}[/] on {string.Join(", ", rule.Events)} (rule {rule.Id})");
            return 0;
        });
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "Show a bucket's rules.") { Bucket, StackClient.AccountOption, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var tenant = await TenantClient.OfAsync(parsed, cancellationToken);
            var stack = tenant.Stack;
            var rules = await stack.RulesOfAsync(await stack.PlaceOfAsync(parsed.GetValue(Bucket)!, cancellationToken), cancellationToken);
            var table = new Table().AddColumns("rule", "function", "events", "prefix", "suffix");
            foreach (var rule in rules)
            {
                table.AddRow(
                    [.. new[]
                    {
                        rule.Id, rule.FunctionArn, string.Join(' ', rule.Events.Select(static type => type.Value)), AttachedRules.FilterOf(rule, "prefix"), AttachedRules.FilterOf(rule, "suffix"),
                    }.Select(static text => Markup.Escape(text))]);
            }

            AnsiConsole.Write(table);
            return 0;
        });
        return command;
    }

    private static Command Remove()
    {
        var id = new Argument<string>("rule") { Description = "The rule's name, as rule list shows it." };
        var command = new Command("remove", "Take a rule away from a bucket.") { Bucket, id, StackClient.AccountOption, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var tenant = await TenantClient.OfAsync(parsed, cancellationToken);
            var stack = tenant.Stack;
            var (bucket, name) = (await stack.PlaceOfAsync(parsed.GetValue(Bucket)!, cancellationToken), parsed.GetValue(id)!);
            var rules = await stack.RulesOfAsync(bucket, cancellationToken);
            if (rules.RemoveAll(rule => rule.Id == name) == 0)
            {
                throw new StartupException($"Bucket {bucket} has no rule '{name}'. It has: {string.Join(", ", rules.Select(static rule => rule.Id))}");
            }

            await stack.PutRulesAsync(bucket, rules, allowsRecursion: false, cancellationToken);
            return 0;
        });
        return command;
    }
}
