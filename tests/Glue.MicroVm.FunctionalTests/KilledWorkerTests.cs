using System.Diagnostics;
using Glue.Workers.Drivers.MicroVm;
using Glue.Workers.FunctionalTests;
using Xunit.Abstractions;

namespace Glue.MicroVm.FunctionalTests;

/// <summary>SIGKILL of the worker, whatever its VMs are doing: none lives on, and the next worker finds the place clean.</summary>
public sealed class KilledWorkerTests(ITestOutputHelper output) : MicroVmTest(output)
{
    [Theory]
    [InlineData("booting")]
    [InlineData("restoring")]
    [InlineData("snapshotting")]
    [InlineData("writing the snapshot")]
    [InlineData("frozen")]
    [InlineData("busy")]
    public async Task A_worker_killed_while_a_VM_is_in_any_state_leaves_none_behind_and_its_successor_cleans_up(string state)
    {
        using var folder = new TempFolder();
        var program = typeof(KilledWorkerTests).Assembly.Location;
        var start = new ProcessStartInfo("dotnet", [program, state.StartsWith("writing", StringComparison.Ordinal) ? "snapshotting" : state, folder.Path])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var killed = Process.Start(start)!;
        try
        {
            Assert.Equal("running", await killed.StandardOutput.ReadLineAsync());
            await UntilAsync(() => IsIn(state, killed.Id, folder.Path));
            var below = Processes.DescendantsOf(killed.Id);

            killed.Kill();
            await killed.WaitForExitAsync();

            await UntilAsync(() => !below.Any(Processes.IsAlive));
        }
        finally
        {
            killed.Kill(entireProcessTree: true);
        }

        await using var successor = Start(
            new MicroVmOptions { SnapshotFolder = Path.Combine(folder.Path, "snapshots") }, options => options with { Folder = folder.Path });
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path, ".unfinished-*", SearchOption.AllDirectories));
        Assert.Empty(Directory.EnumerateDirectories("/sys/fs/cgroup", $"glue-{killed.Id}", SearchOption.AllDirectories));
    }

    private static bool IsIn(string state, int worker, string folder) => state switch
    {
        "writing the snapshot" => Directory.Exists(Path.Combine(folder, "snapshots"))
            && Directory.EnumerateDirectories(Path.Combine(folder, "snapshots"), ".unfinished-*").Any(),
        "booting" => CommandsOf(worker).Any(static command => !command.Contains("-incoming", StringComparison.Ordinal)),
        "restoring" => CommandsOf(worker).Any(static command => command.Contains("-incoming", StringComparison.Ordinal) && command.Contains("share=off", StringComparison.Ordinal)),
        "snapshotting" => CommandsOf(worker).Any(static command => command.Contains("-incoming", StringComparison.Ordinal) && command.Contains("share=on", StringComparison.Ordinal)),
        _ => CommandsOf(worker).Count > 0,
    };

    private static List<string> CommandsOf(int worker)
    {
        List<string> commands = [];
        foreach (var pid in Processes.DescendantsOf(worker))
        {
            try
            {
                var command = File.ReadAllText($"/proc/{pid}/cmdline");
                if (command.StartsWith("/usr/bin/qemu", StringComparison.Ordinal))
                {
                    commands.Add(command);
                }
            }
            catch (IOException)
            {
                // It ended between two looks.
            }
        }

        return commands;
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var limit = new CancellationTokenSource(Budget);
        while (!isSo())
        {
            await Task.Delay(1, limit.Token);
        }
    }
}
