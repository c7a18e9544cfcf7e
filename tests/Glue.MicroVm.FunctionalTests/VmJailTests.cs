using System.Diagnostics;
using Glue.Contracts.Invocations;
using Glue.Workers.Drivers.MicroVm;
using Glue.Workers.FunctionalTests;
using Xunit.Abstractions;

namespace Glue.MicroVm.FunctionalTests;

/// <summary>What a VMM process may do, and what becomes of one that hangs.</summary>
public sealed class VmJailTests(ITestOutputHelper output) : MicroVmTest(output)
{
    private const string Vmm = "qemu-system-x86";

    [Fact]
    public async Task Each_VMM_has_a_user_and_a_root_of_its_own_no_network_no_privilege_and_nothing_open_of_another()
    {
        await using var worker = Start(new MicroVmOptions { UseFunctionSnapshots = false });
        var (one, other) = (worker.Node("exports.handler = async () => 1;"), worker.Python("def handler(e, c): return 1\n"));
        await worker.AnswerAsync(one);
        await worker.AnswerAsync(other);
        var vmms = Processes.ChildrenNamed(Vmm);

        Assert.Equal(2, vmms.Count);
        if (Environment.UserName == "root")
        {
            Assert.Equal(2, vmms.Select(each => StatusOf(each, "Uid:")).Distinct().Count());
            Assert.All(vmms, each => Assert.DoesNotContain("\t0", StatusOf(each, "Uid:"), StringComparison.Ordinal));
        }

        Assert.All(vmms, each => Assert.Equal(["dev", "lib", "lib64", "proc", "usr"], Directory.GetFileSystemEntries($"/proc/{each}/root").Select(Path.GetFileName).Order()));
        Assert.All(vmms, each => Assert.NotEqual(LinkOf($"/proc/self/ns/net"), LinkOf($"/proc/{each}/ns/net")));
        Assert.All(vmms, each => Assert.EndsWith("\t0000000000000000", StatusOf(each, "CapEff:"), StringComparison.Ordinal));
        Assert.All(vmms, each => Assert.EndsWith("\t1", StatusOf(each, "NoNewPrivs:"), StringComparison.Ordinal));
        Assert.All(vmms, each => Assert.EndsWith("\t2", StatusOf(each, "Seccomp:"), StringComparison.Ordinal));
        var open = vmms.Select(FilesOf).ToList();
        Assert.All(open, files => Assert.Single(files, static file => file.EndsWith(".squashfs", StringComparison.Ordinal) && file.Contains("code-drives", StringComparison.Ordinal)));
        Assert.DoesNotContain(open[0].Intersect(open[1]), file => file.StartsWith(worker.Folder, StringComparison.Ordinal)); // nothing of the function's is shared
        Assert.Contains(worker.Worker.Support.Findings, static finding => finding is { Name: "jail", IsGood: true });
    }

    [Fact]
    public async Task A_VMM_that_hangs_is_ended_and_the_boot_tried_again()
    {
        await using var worker = Start(new MicroVmOptions { UseSnapshots = false, EmulatedBootTimeout = TimeSpan.FromSeconds(20) });
        var running = worker.InvokeAsync(worker.Node("exports.handler = async () => 1;"));
        using var limit = new CancellationTokenSource(Budget);
        IReadOnlyList<int> seen;
        while ((seen = Processes.ChildrenNamed(Vmm)).Count == 0)
        {
            await Task.Delay(1, limit.Token);
        }

        var first = seen[0];
        using (var stop = Process.Start("kill", ["-STOP", first.ToString()])!)
        {
            await stop.WaitForExitAsync();
        }

        var outcome = await running;

        Assert.Equal(InvokeStatus.Succeeded, outcome.Status);
        Assert.False(Processes.IsAlive(first));
        Assert.Single(Processes.ChildrenNamed(Vmm));
    }

    private static string StatusOf(int pid, string field) => File.ReadLines($"/proc/{pid}/status").Single(line => line.StartsWith(field, StringComparison.Ordinal));

    private static string? LinkOf(string path) => new FileInfo(path).LinkTarget;

    private static List<string> FilesOf(int pid) => [.. Directory.EnumerateFiles($"/proc/{pid}/fd").Select(LinkOf).OfType<string>().Distinct()];
}
