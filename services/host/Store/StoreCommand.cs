using System.CommandLine;
using System.Globalization;
using Glue.Host.Client;
using Spectre.Console;

namespace Glue.Host.Store;

/// <summary><c>glue store</c>: looks after the embedded object store.</summary>
internal static class StoreCommand
{
    public static Command Create()
    {
        var command = new Command("store", "The embedded object store: verify what is stored, bound what a bucket may hold. And others: attach them.");
        command.Subcommands.Add(Verify());
        command.Subcommands.Add(Quota());
        foreach (var attached in AttachedStoreCommands.All())
        {
            command.Subcommands.Add(attached);
        }

        return command;
    }

    private static Command Verify()
    {
        var rate = new Option<int>("--rate") { Description = "Read at most so many MiB per second; 0: as fast as it goes.", DefaultValueFactory = static _ => 100 };
        var command = new Command("verify", "Read every object from the disk and compare it with its checksums. Exit code 1 when something is damaged.")
        {
            rate, StackClient.DataOption,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var store = StoreClient.Of(parsed.GetValue(StackClient.DataOption)!);
            var last = await VerifyView.ShowAsync(store.VerifyAsync(parsed.GetValue(rate) * 1024L * 1024, cancellationToken));
            return last.Damaged == 0 ? 0 : 1;
        });
        return command;
    }

    private static Command Quota()
    {
        var bucket = new Argument<string>("bucket") { Description = "Which." };
        var max = new Option<string?>("--max") { Description = "Bytes it may hold, old versions and unfinished uploads included: 500MiB, 20GiB; none lifts the quota." };
        var command = new Command("quota", "Show or set how much a bucket may hold.") { bucket, max, StackClient.DataOption };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var store = StoreClient.Of(parsed.GetValue(StackClient.DataOption)!);
            var name = parsed.GetRequiredValue(bucket);
            if (parsed.GetValue(max) is { } text)
            {
                await store.SetQuotaAsync(name, text == "none" ? null : ByteSize.Parse(text), cancellationToken);
            }

            var (maxBytes, usedBytes) = await store.QuotaAsync(name, cancellationToken);
            AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {usedBytes} bytes used, quota {maxBytes?.ToString(CultureInfo.InvariantCulture) ?? "none"}"));
            return 0;
        });
        return command;
    }
}
