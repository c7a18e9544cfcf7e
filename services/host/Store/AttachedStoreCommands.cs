using System.CommandLine;
using System.Text.Json.Nodes;
using Glue.Host.Client;
using Glue.Host.Logs;
using Spectre.Console;

namespace Glue.Host.Store;

/// <summary><c>glue store attach|list|check|detach</c>: stores that somebody else runs, whose buckets trigger functions.</summary>
internal static class AttachedStoreCommands
{
    private static readonly string[] Fields = ["name", "endpoint", "notify", "buckets", "status", "eventsAddress"];

    /// <summary>What can be told of a store just attached; that changes are only beginning to be read is no fault.</summary>
    private static readonly string[] ToldAtOnce = ["reach", "clock", "keys"];

    private static readonly Argument<string> Name = new("name") { Description = "Its name here; its buckets are NAME/BUCKET." };

    public static IEnumerable<Command> All() => [Attach(), List(), Check(), Detach()];

    private static Command Attach()
    {
        var endpoint = new Option<string>("--endpoint") { Description = "Its S3 address, such as http://10.0.0.5:7480.", Required = true };
        var accessKey = new Option<string>("--access-key") { Description = "The store's access key.", Required = true };
        var secretKey = new Option<string?>("--secret-key") { Description = "The store's secret key; or in the variable GLUE_STORE_SECRET_KEY, where no list of processes shows it." };
        var region = new Option<string?>("--region") { Description = "The region requests are signed for; default us-east-1." };
        var pathStyle = new Option<bool?>("--path-style") { Description = "Buckets in the path rather than before the host; default true, except for AWS." };
        var notify = new Option<string>("--notify")
        {
            Description = "webhook: Glue sets the store's notifications (Ceph; MinIO and RustFS with --target-arn). manual: its administrator has it post to the events' address (VersityGW). "
                + "kafka: it writes to a topic that Glue reads (--kafka, --topic). listen: Glue listens to its buckets (MinIO, Glue). "
                + "poll: Glue lists its buckets again and again (Garage, SeaweedFS, AWS).",
            DefaultValueFactory = static _ => "webhook",
        };
        var targetArn = new Option<string?>("--target-arn") { Description = "MinIO, RustFS: the ARN of the target that its administrator set up, such as arn:minio:sqs::GLUE:webhook or arn:minio:sqs::GLUE:kafka." };
        var eventsUrl = new Option<string?>("--events-url") { Description = "Where the store reaches Glue's API; default the API's own address, which is this machine's alone." };
        var kafka = new Option<string?>("--kafka") { Description = "kafka: the brokers, HOST:PORT, several with commas." };
        var topic = new Option<string?>("--topic") { Description = "kafka: the topic that the store writes its events to." };
        var noSetup = new Option<bool?>("--no-setup") { Description = "kafka: the store's administrator has it write to the topic (VersityGW); Glue sets nothing in it." };
        var interval = new Option<TimeSpan?>("--interval")
        {
            Description = "poll: from one listing's end to the next one's beginning, a number with s, m, h or d, 1s to 1d; default 30s.",
            CustomParser = static parsed => Age.Of(parsed),
        };
        var existing = new Option<bool?>("--existing") { Description = "poll: run rules on what a bucket holds when it is first listed; without it that is ./glue backfill's." };
        var account = new Option<string?>("--account") { Description = "Whose functions may use it; default the caller's own." };
        var command = new Command("attach", "Attach a store, or change how. Its secrets are sealed on the disk.")
        {
            Name, endpoint, accessKey, secretKey, region, pathStyle, notify, targetArn, eventsUrl, kafka, topic, noSetup, interval, existing, account, StackClient.DataOption,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            var store = (await stack.Lambda.CallAsync(HttpMethod.Put, PathOf(parsed), new JsonObject
            {
                ["endpoint"] = parsed.GetValue(endpoint),
                ["accessKey"] = parsed.GetValue(accessKey),
                ["secretKey"] = parsed.GetValue(secretKey) ?? Environment.GetEnvironmentVariable("GLUE_STORE_SECRET_KEY"),
                ["region"] = parsed.GetValue(region),
                ["pathStyle"] = parsed.GetValue(pathStyle),
                ["notify"] = parsed.GetValue(notify),
                ["targetArn"] = parsed.GetValue(targetArn),
                ["eventsUrl"] = parsed.GetValue(eventsUrl),
                ["kafkaServers"] = parsed.GetValue(kafka),
                ["kafkaTopic"] = parsed.GetValue(topic),
                ["setsNothing"] = parsed.GetValue(noSetup),
                ["pollIntervalSeconds"] = parsed.GetValue(interval) is { } span ? (int)span.TotalSeconds : null,
                ["pollExisting"] = parsed.GetValue(existing),
                ["account"] = parsed.GetValue(account),
            }, cancellationToken))!;
            Console.WriteLine($"attached {store["name"]}: {store["endpoint"]}");
            if (store["eventsAddress"]!.ToString() is { Length: > 0 } address)
            {
                Console.WriteLine($"events' address{(address.StartsWith("http", StringComparison.Ordinal) ? ", which holds a secret" : "")}: {address}");
            }

            // A store that is down may be attached all the same: Glue goes on asking. Whoever mistyped its address or a key learns it here.
            var faults = (await CheckAsync(stack, parsed, cancellationToken))["findings"]!.AsArray()
                .Where(static finding => !IsOk(finding!) && ToldAtOnce.Contains(finding!["what"]!.ToString())).ToList();
            foreach (var fault in faults)
            {
                WriteFinding(fault!);
            }

            if (faults.Count > 0)
            {
                Console.WriteLine($"It stays attached, and Glue goes on asking. Attach it again to change how; ./glue store check {parsed.GetValue(Name)} looks again.");
            }

            return 0;
        });
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "List them.") { StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            var table = new Table().AddColumns("store", "endpoint", "notify", "buckets with rules", "status", "events' address");
            foreach (var store in (await stack.Lambda.CallAsync(HttpMethod.Get, "stores", body: null, cancellationToken))!["stores"]!.AsArray())
            {
                table.AddRow([.. Fields.Select(field => Markup.Escape(
                    store![field] is JsonArray many ? string.Join(' ', many.Select(static one => one!.ToString())) : store[field]!.ToString()))]);
            }

            AnsiConsole.Write(table);
            return 0;
        });
        return command;
    }

    private static Command Check()
    {
        var command = new Command("check", "Look whether it answers, what it is, and whether keys, clocks and notifications are right. Exit code 1 when something is not.") { Name, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            var check = await CheckAsync(stack, parsed, cancellationToken);
            foreach (var finding in check["findings"]!.AsArray())
            {
                WriteFinding(finding!);
            }

            return IsOk(check) ? 0 : 1;
        });
        return command;
    }

    private static Command Detach()
    {
        var force = new Option<bool>("--force") { Description = "Also when the store does not answer: what Glue has set in it stays there." };
        var command = new Command("detach", "Detach it: takes away what Glue has set in it, and forgets its keys.") { Name, force, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            await stack.Lambda.CallAsync(HttpMethod.Delete, PathOf(parsed) + (parsed.GetValue(force) ? "?force=true" : ""), body: null, cancellationToken);
            return 0;
        });
        return command;
    }

    private static async Task<JsonNode> CheckAsync(StackClient stack, ParseResult parsed, CancellationToken cancellationToken) =>
        (await stack.Lambda.CallAsync(HttpMethod.Post, PathOf(parsed) + "/check", body: null, cancellationToken))!;

    private static bool IsOk(JsonNode checkOrFinding) => checkOrFinding["ok"]!.GetValue<bool>();

    private static void WriteFinding(JsonNode finding) =>
        Console.WriteLine($"{(IsOk(finding) ? "ok" : "!!")}  {finding["what"],-14} {finding["finding"]!.ToString().Replace("\n", "\n" + new string(' ', 19), StringComparison.Ordinal)}");

    private static string PathOf(ParseResult parsed) => $"stores/{Uri.EscapeDataString(parsed.GetRequiredValue(Name))}";
}
