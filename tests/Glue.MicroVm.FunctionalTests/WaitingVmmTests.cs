using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Workers.Drivers.MicroVm;
using Glue.Workers.FunctionalTests;
using Xunit.Abstractions;

namespace Glue.MicroVm.FunctionalTests;

/// <summary>VMMs started ahead of the restore they are for.</summary>
public sealed class WaitingVmmTests(ITestOutputHelper output) : MicroVmTest(output)
{
    private const string Vmm = "qemu-system-x86";

    [Fact]
    public async Task The_next_cold_start_takes_the_VMM_that_waits_and_does_without_when_that_has_ended()
    {
        await using var worker = Start();
        var function = worker.Python("def handler(e, c): return 1\n");
        await SnapshotAsync(worker, function);
        await worker.InvokeAsync(function);
        var waiting = Assert.Single(await WaitingAloneAsync(worker, function));

        var second = await worker.InvokeAsync(function);
        Assert.Equal(SandboxStart.FunctionSnapshot, second.Start);
        Assert.Contains(waiting, Processes.ChildrenNamed(Vmm)); // it runs the function now

        foreach (var next in await WaitingAloneAsync(worker, function)) // two when the calls came within a second
        {
            System.Diagnostics.Process.GetProcessById(next).Kill();
        }

        var third = await worker.InvokeAsync(function);

        Assert.Equal((InvokeStatus.Succeeded, SandboxStart.FunctionSnapshot), (third.Status, third.Start));
        Assert.False(worker.Driver.NeedsSnapshot(function)); // the snapshot was not to blame
    }

    [Fact]
    public async Task Without_memory_for_them_none_waits()
    {
        await using var worker = Start(new MicroVmOptions { WaitingMemoryMiB = 0 });
        var function = worker.Python("def handler(e, c): return 1\n");
        await SnapshotAsync(worker, function);

        await worker.InvokeAsync(function);
        await CoolAsync(worker, function);
        await worker.InvokeAsync(function);

        Assert.Single(Processes.ChildrenNamed(Vmm));
    }

    /// <summary>The VMMs that wait, once the one that ran the function is given up.</summary>
    private static async Task<IReadOnlyList<int>> WaitingAloneAsync(WorkerFixture worker, FunctionVersion function)
    {
        using var limit = new CancellationTokenSource(Budget);
        while (Processes.ChildrenNamed(Vmm).Count < 2)
        {
            await Task.Delay(10, limit.Token);
        }

        await CoolAsync(worker, function);
        return Processes.ChildrenNamed(Vmm);
    }
}
