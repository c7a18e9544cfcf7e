using Glue.Contracts.Functions;
using Glue.Workers.Drivers.MicroVm.Drives;
using Glue.Workers.Drivers.MicroVm.Native;
using Glue.Workers.Drivers.MicroVm.Qemu;
using Microsoft.Win32.SafeHandles;

namespace Glue.Workers.Drivers.MicroVm.Snapshots;

/// <summary>Turns a template's guest into the snapshot of its version, in two steps: saved while it runs, sealed when it has ended.</summary>
/// <param name="version">Whose snapshot it becomes.</param>
/// <param name="memory">What the guest writes its memory to.</param>
/// <param name="snapshots">Where it goes.</param>
/// <param name="folder">On the disk where /tmp drives are.</param>
internal sealed class TemplateSaver(FunctionVersion version, SafeFileHandle memory, FunctionSnapshots snapshots, string folder)
{
    private SafeFileHandle? _state;
    private SafeFileHandle? _scratch;

    /// <summary>Freezes the guest, for good, and keeps everything but its memory.</summary>
    public async Task SaveAsync(Vmm vmm, SafeFileHandle scratch, CancellationToken cancellationToken)
    {
        var state = Descriptor.Memory("guest-state", 0);
        await vmm.SaveAsync(state, cancellationToken);
        _scratch = SparseFile.Copy(scratch, folder); // the VMM flushes its drives before it saves
        _state = state;
    }

    /// <summary>The VMM has ended: nobody can write to the memory any more.</summary>
    public void Publish()
    {
        if (_state is null)
        {
            memory.Dispose(); // it was never saved
            return;
        }

        Descriptor.Seal(memory);
        Descriptor.Seal(_state);
        snapshots.Add(version, new Snapshot(memory, _state, _scratch));
        _state = null;
    }
}
