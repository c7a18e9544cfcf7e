using Glue.Workers.Drivers.MicroVm.Drives;
using Glue.Workers.Drivers.MicroVm.Native;
using Glue.Workers.Drivers.MicroVm.Qemu;

namespace Glue.Workers.Drivers.MicroVm.Snapshots;

/// <summary>Makes snapshots out of running guests.</summary>
internal static class SnapshotMaker
{
    /// <summary>A guest that has booted and waits for its function: code, /tmp and interpreter are placeholders that it has not touched.</summary>
    /// <exception cref="VmmException">It did not come up.</exception>
    public static async Task<Snapshot> MakeBaseAsync(VmLauncher launcher, int functionMemoryMiB, CancellationToken cancellationToken)
    {
        // The guest remembers the sizes of these: the real drives must fit below them.
        using var function = FunctionDrives.Placeholders();
        using var scratch = ScratchDrives.Placeholder();
        var spec = launcher.Describe(functionMemoryMiB, function, scratch);
        var memory = Descriptor.Memory("guest-memory", (long)spec.MemoryMiB << 20);
        var state = Descriptor.Memory("guest-state", 0);
        try
        {
            var vmm = await launcher.BootAsync(spec with { Memory = memory, IsMemoryShared = true }, "a base snapshot", cancellationToken);
            await using (vmm)
            {
                await vmm.SaveAsync(state, cancellationToken);
            }

            Descriptor.Seal(memory); // possible only now that nobody maps it for writing
            Descriptor.Seal(state);
            return new Snapshot(memory, state, scratch: null);
        }
        catch
        {
            memory.Dispose();
            state.Dispose();
            throw;
        }
    }
}
