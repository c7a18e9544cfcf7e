using Glue.Workers.Drivers.MicroVm.Qemu;
using Microsoft.Win32.SafeHandles;

namespace Glue.Workers.Drivers.MicroVm.Waiting;

/// <summary>A VMM with its drives that waits for the state of a snapshot.</summary>
/// <param name="Vmm">Its monitor answers.</param>
/// <param name="Scratch">Its /tmp.</param>
internal sealed record WaitingVmm(Vmm Vmm, SafeFileHandle Scratch) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await Vmm.DisposeAsync();
        Scratch.Dispose();
    }
}
