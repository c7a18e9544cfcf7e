using System.Diagnostics;
using Glue.Dispatcher.Ledger;
using Glue.Foundation.Sqlite;

namespace Glue.Dispatcher.FunctionalTests.Queue;

/// <summary>SIGKILL in the middle of everything, on one folder, again and again.</summary>
public sealed class QueueCrashTests
{
    private const int Rounds = 6;

    [Fact]
    public async Task A_killed_process_loses_nothing_it_acknowledged_and_nothing_settled_comes_back()
    {
        using var folder = new TempFolder();
        var enqueued = new HashSet<string>();
        var settled = new HashSet<string>();
        for (var round = 0; round < Rounds; round++)
        {
            await HammerAsync(folder["queue.db"], 400 * (round + 1), enqueued, settled);
        }

        await using var database = SqliteDatabase.Open(folder["queue.db"]);
        var queue = QueueHammer.NewQueue(database, TimeProvider.System);
        await queue.ReleaseAllAsync(default);
        var left = new HashSet<string>();
        while (await queue.LeaseDueAsync(500, TimeSpan.FromMinutes(1), default) is { Count: > 0 } leased)
        {
            var now = TimeProvider.System.GetUtcNow();
            Assert.All(leased, entry => Assert.True(left.Add(entry.Invocation.Id)));
            await queue.SettleAsync(
                [.. leased.Select(entry => Glue.Dispatcher.Queue.Settlement.Done(entry.Lease, new AttemptReport(now, now, FakeWorker.Succeeded([]))))], default);
        }

        Assert.NotEmpty(settled);
        Assert.Empty(settled.Intersect(left));
        var ledger = new SqliteLedger(database, queue.Leased);
        Assert.All(enqueued, id => Assert.Equal(InvocationState.Succeeded, ledger.Find("000000000000", id)?.State));
    }

    /// <summary>Runs the hammer until it has said that many lines, and kills it.</summary>
    private static async Task HammerAsync(string path, int lines, HashSet<string> enqueued, HashSet<string> settled)
    {
        using var process = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath is { } dotnet && Path.GetFileName(dotnet) == "dotnet" ? dotnet : "dotnet", [typeof(QueueHammer).Assembly.Location, path])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var said = 0;
        while (await process.StandardOutput.ReadLineAsync() is { Length: 37 } line) // a shorter one was cut by the kill
        {
            (line[0] == '+' ? enqueued : settled).Add(line[1..]);
            if (++said == lines)
            {
                process.Kill(); // SIGKILL; what it had written to the pipe before is still read
            }
        }

        await process.WaitForExitAsync();
        Assert.True(said >= lines, await process.StandardError.ReadToEndAsync());
    }
}
