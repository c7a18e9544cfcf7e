using System.ComponentModel.DataAnnotations;

namespace Glue.Workers.Drivers.MicroVm;

/// <summary>How the microVM driver runs its guests. Section <c>Workers:MicroVm</c>.</summary>
public sealed record MicroVmOptions
{
    /// <summary>Default: KVM where a real guest was seen to boot and to be restored with it, else emulation.</summary>
    public AcceleratorChoice Accelerator { get; init; } = AcceleratorChoice.Auto;

    /// <summary>A boot without a sign of life after this long is ended and tried again, when emulated. Default 30 s: a boot takes 2, on a very busy machine 15.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan EmulatedBootTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The same under KVM. Default 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan KvmBootTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Boots of one sandbox before it is given up. 1 to 10; default 3.</summary>
    [Range(1, 10)] public int BootAttempts { get; init; } = 3;

    /// <summary>
    /// Memory a guest has beside the function's own, for kernel, agent and page cache: enough that the agent sees a function pass its
    /// limit before the guest's kernel has to drop program pages and crawl. Untouched memory costs nothing. 64 to 512; default 128.
    /// </summary>
    [Range(64, 512)] public int GuestOverheadMiB { get; init; } = 128;

    /// <summary>A VM that waits for its next invocation is frozen after this long: it then costs no processor time. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan FreezeAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>False: every sandbox is booted. For comparison and for diagnosis; default true.</summary>
    public bool UseSnapshots { get; init; } = true;

    /// <summary>False: only base snapshots; every sandbox runs its function's init. Default true.</summary>
    public bool UseFunctionSnapshots { get; init; } = true;

    /// <summary>Memory for function snapshots that are ready to restore; the least recently used go back to disk. Default 4 GiB.</summary>
    [Range(64, 1024 * 1024)] public int SnapshotMemoryMiB { get; init; } = 4096;

    /// <summary>Where snapshots are kept; null, the default: below the worker's folder. Holds what functions had in memory: keep it private.</summary>
    public string? SnapshotFolder { get; init; }

    /// <summary>Room on disk for snapshots; the least recently used go first. Sizes count as if every page were used. Default 16 GiB.</summary>
    [Range(256, int.MaxValue)] public int SnapshotDiskMiB { get; init; } = 16 * 1024;

    /// <summary>True: what guests' kernels say is kept in the VMM's log, which an error message shows. Slow when emulated; default false.</summary>
    public bool HasConsole { get; init; }
}

/// <summary>Values of <see cref="MicroVmOptions.Accelerator"/>.</summary>
public enum AcceleratorChoice
{
    Auto,
    Kvm,
    Tcg,
}
