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
        var waiting = (await WaitingBesideAsync(Processes.ChildrenNamed(Vmm)))[0];

        await CoolAsync(worker, function);
        var second = await worker.InvokeAsync(function);
        Assert.Equal(SandboxStart.FunctionSnapshot, second.Start);
        Assert.Contains(waiting, Processes.ChildrenNamed(Vmm)); // it runs the function now

        foreach (var next in await WaitingBesideAsync([waiting])) // two when the calls came within a second
        {
            System.Diagnostics.Process.GetProcessById(next).Kill();
        }

        await CoolAsync(worker, function);
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

    /// <summary>Those that are there beside others.</summary>
    private static async Task<IReadOnlyList<int>> WaitingBesideAsync(IReadOnlyList<int> others)
    {
        using var limit = new CancellationTokenSource(Budget);
        while (true)
        {
            var waiting = Processes.ChildrenNamed(Vmm).Except(others).ToList();
            if (waiting.Count > 0)
            {
                await Task.Delay(500, limit.Token); // until its monitor answers, which nobody outside can see
                return waiting;
            }

            await Task.Delay(10, limit.Token);
        }
    }
}
