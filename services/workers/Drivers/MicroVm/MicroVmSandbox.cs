using System.Net.Sockets;
using Glue.Contracts.Invocations;
using Glue.Workers.Drivers.MicroVm.Qemu;
using Glue.Workers.Drivers.MicroVm.Snapshots;
using Glue.Workers.Sandboxes;
using Microsoft.Win32.SafeHandles;

namespace Glue.Workers.Drivers.MicroVm;

/// <summary>A VM whose agent has spoken, as the pool sees it.</summary>
internal sealed class MicroVmSandbox(Vmm vmm, SandboxStart startKind, int memoryMiB, SafeFileHandle scratch, IdleFreezer freezer) : IRunningSandbox
{
    /// <summary>How it came to be.</summary>
    public SandboxStart StartKind { get; } = startKind;

    public Socket Channel => vmm.Channel;

    /// <summary>The function's own size; the guest has more than that, so that its kernel need not kill anybody.</summary>
    public uint GuardedMemoryKiB => (uint)memoryMiB * 1024;

    public ulong DataLimitBytes => 0;

    public void Rest() => freezer.Rest();

    public bool Wake() => freezer.Wake();

    public void Kill() => vmm.Kill();

    /// <summary>The agent says so itself: the guest's kernel tells it.</summary>
    public bool WasOutOfMemory() => false;

    /// <summary>What makes this sandbox, a template, the version's snapshot.</summary>
    public TemplateSaver? Saver { get; init; }

    public Task SaveAsync(CancellationToken cancellationToken) =>
        Saver is null ? throw new NotSupportedException("Only a template can be saved.") : Saver.SaveAsync(vmm, scratch, cancellationToken);

    public string ReadComplaints() => vmm.ReasonOfEnd() is { } reason ? $"{reason} {vmm.Log()}".Trim() : vmm.Log();

    public async ValueTask DisposeAsync()
    {
        await freezer.DisposeAsync();
        await vmm.DisposeAsync();
        scratch.Dispose();
        Saver?.Publish();
    }
}
