using Microsoft.Win32.SafeHandles;

namespace Glue.Workers.Drivers.MicroVm.Qemu;

/// <summary>One VMM to start. Everything it may touch is here as an open descriptor; the caller keeps owning them.</summary>
internal sealed record VmmSpec
{
    public required Accelerator Accelerator { get; init; }

    /// <summary>The guest's memory, kernel and agent included.</summary>
    public required int MemoryMiB { get; init; }

    public required int Processors { get; init; }

    public required SafeFileHandle Kernel { get; init; }

    public required SafeFileHandle Initramfs { get; init; }

    /// <summary>Drives in the guest's order (/dev/vda, vdb, …).</summary>
    public required IReadOnlyList<VmmDrive> Drives { get; init; }

    /// <summary>Backs the guest's memory, of exactly <see cref="MemoryMiB"/>; null: anonymous memory.</summary>
    public SafeFileHandle? Memory { get; init; }

    /// <summary>True: the guest writes into <see cref="Memory"/> (to become a snapshot); false: copy on write.</summary>
    public bool IsMemoryShared { get; init; }

    /// <summary>True: what the guest's kernel says goes to the VMM's log. For diagnosis: it costs seconds of an emulated boot.</summary>
    public bool HasConsole { get; init; }

    /// <summary>True: it waits for a saved state instead of booting.</summary>
    public bool IsIncoming { get; init; }
}

/// <param name="Image">Open for what <paramref name="IsReadOnly"/> says.</param>
/// <param name="IsReadOnly">False: the guest may write.</param>
internal readonly record struct VmmDrive(SafeFileHandle Image, bool IsReadOnly);
