using System.CommandLine;
using System.Globalization;
using Glue.Host.Client;

namespace Glue.Host.Logs;

/// <summary><c>glue logs</c>: what a function logged, and with <c>--follow</c> what it goes on to log.</summary>
internal static class LogsCommand
{
    private static readonly TimeSpan FollowInterval = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The function, or a log group (/aws/lambda/NAME)." };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until Ctrl-C." };
        var since = new Option<TimeSpan>("--since")
        {
            Description = "How far back: a number with s, m, h, d or w.",
            DefaultValueFactory = static _ => TimeSpan.FromMinutes(10),
            CustomParser = Age.Of,
        };
        var filter = new Option<string?>("--filter") { Description = "CloudWatch Logs' filter pattern: ERROR, '\"two words\"', -DEBUG, '?a ?b', '{ $.level = \"ERROR\" }'." };
        var command = new Command("logs", "Show what a function logged.") { name, follow, since, filter, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            var group = await GroupOfAsync(stack, parsed.GetValue(name)!, cancellationToken);
            var startMs = (TimeProvider.System.GetUtcNow() - parsed.GetValue(since)).ToUnixTimeMilliseconds();
            var tail = new LogTail(stack.Logs, group, parsed.GetValue(filter), Math.Max(0, startMs), Show);
            await tail.ReadAsync(cancellationToken);
            while (parsed.GetValue(follow))
            {
                await Task.Delay(FollowInterval, cancellationToken);
                await tail.ReadAsync(cancellationToken);
            }

            return 0;
        });
        return command;
    }

    private static async Task<string> GroupOfAsync(StackClient stack, string name, CancellationToken cancellationToken)
    {
        if (name.StartsWith('/'))
        {
            return name;
        }

        // A deleted function's log stays.
        var function = await stack.Lambda.FindFunctionAsync(name, cancellationToken);
        var group = function?.LogGroup ?? "/aws/lambda/" + name;
        return function is not null || await stack.Logs.FilterAsync(group, long.MaxValue, pattern: null, token: null, cancellationToken) is not null
            ? group
            : throw new StartupException($"There is no function '{name}' and no log of one.");
    }

    private static void Show(LogEventView line) => Console.Out.WriteLine(
        DateTimeOffset.FromUnixTimeMilliseconds(line.Timestamp).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) + "  " + line.Message);
}
