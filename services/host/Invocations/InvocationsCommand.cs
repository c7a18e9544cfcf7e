using System.CommandLine;
using System.Globalization;
using Glue.Host.Client;
using Spectre.Console;

namespace Glue.Host.Invocations;

/// <summary><c>glue invocations</c>: what ran, what waits, what failed and why.</summary>
internal static class InvocationsCommand
{
    public static Command Create()
    {
        var function = new Option<string?>("--function") { Description = "Only of this function." };
        var state = new Option<string?>("--state") { Description = "Only in this state." };
        state.AcceptOnlyFromAmong("queued", "running", "failed", "succeeded", "dead");
        var bucket = new Option<string?>("--bucket") { Description = "Only caused by objects of this bucket." };
        var key = new Option<string?>("--key") { Description = "Only caused by this object; with --bucket." };
        var limit = new Option<int>("--limit") { Description = "At most so many, 1 to 1000.", DefaultValueFactory = static _ => 20 };
        var command = new Command("invocations", "Show the ledger: newest first.") { function, state, bucket, key, limit, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stack = StackClient.Of(parsed.GetValue(StackClient.DataOption)!);
            var found = await stack.Lambda.InvocationsAsync(
                new Dictionary<string, string?>
                {
                    ["function"] = parsed.GetValue(function),
                    ["state"] = parsed.GetValue(state),
                    ["bucket"] = parsed.GetValue(bucket),
                    ["key"] = parsed.GetValue(key),
                    ["limit"] = parsed.GetValue(limit).ToString(CultureInfo.InvariantCulture),
                },
                cancellationToken);
            Show(found);
            return 0;
        });
        return command;
    }

    private static void Show(IReadOnlyList<InvocationView> invocations)
    {
        var table = new Table().AddColumns("accepted", "function", "object", "state", "attempts", "start", "ms", "why");
        foreach (var row in invocations)
        {
            table.AddRow(
                new[]
                {
                    row.AcceptedAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                    row.Function,
                    row.Source.Bucket is null ? row.Source.Kind : $"{row.Source.Bucket}/{row.Source.Key}",
                    row.State,
                    row.Attempts.ToString(CultureInfo.InvariantCulture),
                    row.Start ?? "",
                    row.Start is null ? "" : row.DurationMs.ToString("0.0", CultureInfo.InvariantCulture),
                    Why(row),
                }.Select(Markup.Escape).ToArray());
        }

        AnsiConsole.Write(table);
    }

    /// <summary>The reason it waits or was given up, and the function's own last error.</summary>
    internal static string Why(InvocationView row)
    {
        var message = row.Error is { ValueKind: System.Text.Json.JsonValueKind.Object } error && error.TryGetProperty("errorMessage", out var text)
            ? text.ToString()
            : null;
        return string.Join(": ", new[] { row.Reason, message }.Where(static part => !string.IsNullOrEmpty(part)));
    }
}
