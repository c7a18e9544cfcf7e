using System.ComponentModel.DataAnnotations;

namespace Glue.Workers.Drivers.MicroVm;

/// <summary>How the microVM driver runs its guests. Section <c>Workers:MicroVm</c>. Several workers share out the memory and the disk room.</summary>
public sealed record MicroVmOptions
{
    /// <summary>Default: KVM where a real guest was seen to boot and to be restored with it, else emulation.</summary>
    public AcceleratorChoice Accelerator { get; init; } = AcceleratorChoice.Auto;

    /// <summary>A VMM that does not answer, or has not loaded a snapshot, after this long is ended. 1 s to 10 min; default 10 s: it takes 20 to 60 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan VmmTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A boot without a sign of life after this long is ended and tried again, when emulated. 1 s to 10 min; default 30 s: a boot takes 2, on a very busy machine 15.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan EmulatedBootTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The same under KVM. 1 s to 10 min; default 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan KvmBootTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Boots of one sandbox before it is given up. 1 to 10; default 3.</summary>
    [Range(1, 10)] public int BootAttempts { get; init; } = 3;

    /// <summary>
    /// Memory a guest has beside the function's own, for kernel, agent and page cache: enough that the agent sees a function pass its
    /// limit before the guest's kernel has to drop program pages and crawl. Untouched memory costs nothing. 64 to 512; default 128.
    /// </summary>
    [Range(64, 512)] public int GuestOverheadMiB { get; init; } = 128;

    /// <summary>A VM that waits for its next invocation is frozen after this long: it then costs no processor time. 10 ms to 1 h; default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan FreezeAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>False: every sandbox is booted. For comparison and for diagnosis; default true.</summary>
    public bool UseSnapshots { get; init; } = true;

    /// <summary>False: only base snapshots; every sandbox runs its function's init. Default true.</summary>
    public bool UseFunctionSnapshots { get; init; } = true;

    /// <summary>Memory for function snapshots that are ready to restore; the least recently used go back to disk. 64 MiB to 1 TiB; default 4 GiB.</summary>
    [Range(64, 1024 * 1024)] public int SnapshotMemoryMiB { get; init; } = 4096;

    /// <summary>
    /// Memory for VMMs that wait to restore function snapshots, at <see cref="WaitingVmmMiB"/> each: as many as were wanted at once within the last
    /// minute, as far as this goes. 0: none; up to 64 GiB; default 256 MiB.
    /// </summary>
    [Range(0, 64 * 1024)] public int WaitingMemoryMiB { get; init; } = 256;

    /// <summary>What a waiting VMM counts as: about what it has for itself, in MiB (bench coldstart).</summary>
    public const int WaitingVmmMiB = 16;

    /// <summary>Where snapshots are kept; null, the default: below the worker's folder. Holds what functions had in memory: keep it private. Several workers have a folder each below it.</summary>
    public string? SnapshotFolder { get; init; }

    /// <summary>Room on disk for snapshots; the least recently used go first. Sizes count as if every page were used. 256 MiB or more; default 16 GiB.</summary>
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
