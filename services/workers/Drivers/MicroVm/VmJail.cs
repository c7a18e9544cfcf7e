using System.Globalization;
using Glue.Workers.Drivers.MicroVm.Native;
using Glue.Workers.Drivers.MicroVm.Qemu;
using Glue.Workers.Drivers.Process;

namespace Glue.Workers.Drivers.MicroVm;

/// <summary>
/// What a VMM process may do besides running its guest: next to nothing. A user of its own (where the worker is root and can give one),
/// no privilege, few descriptors, a control group that bounds memory and processor, and QEMU's own filter (<c>-sandbox</c>), which
/// takes away fork and exec. It gets every file as a descriptor; of the machine's it sees only the distribution's programs, read-only, in a root
/// of its own, and no network. It ends with the worker.
/// </summary>
/// <param name="agent">The agent's program, which is also the way in.</param>
/// <param name="users">User ids to give out.</param>
/// <param name="cgroups">Null where there are none.</param>
/// <param name="walls">What this machine lets a VMM be shut in with.</param>
internal sealed class VmJail(string agent, UserSlots users, ICgroups? cgroups, JailWalls walls)
{
    /// <summary>What QEMU itself takes beside the guest's memory: code, translations, buffers.</summary>
    private const long MonitorBytes = 160L << 20;

    private const long SmallestFileBytes = 1 << 20;

    /// <summary>QEMU reads its drives with up to 64 threads, all of them when the disk is slow, and aborts when it gets none; its own are a few more.</summary>
    private const int Threads = 64 + 32;

    /// <summary>Without root, bubblewrap builds the same root in a user namespace, and hides all other processes.</summary>
    public static readonly IReadOnlyList<string> RootlessJail =
    [
        "/usr/bin/bwrap", "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--as-pid-1", "--die-with-parent",
        "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--proc", "/proc",
        "--dev-bind", "/dev/null", "/dev/null", "--dev-bind", "/dev/urandom", "/dev/urandom", "--dev-bind-try", "/dev/kvm", "/dev/kvm", "--",
    ];

    /// <summary>Room for one VMM.</summary>
    /// <exception cref="IOException">No control group can be made.</exception>
    public VmCell Open(VmmSpec spec)
    {
        var cgroup = cgroups?.Create($"vm-{Guid.NewGuid():N}", new CgroupLimits(
            MemoryBytes: MemoryBytes(spec),
            Processes: Threads,
            CpuShare: Math.Clamp(spec.MemoryMiB, 1, 10_000),
            CpuMillis: Math.Max(1000, spec.Processors * 1000)));
        var largestFile = spec.Drives.Where(static drive => !drive.IsReadOnly).Select(static drive => RandomAccess.GetLength(drive.Image)).DefaultIfEmpty(0).Max();
        uint? user = Posix.geteuid() == 0 ? users.Take() : null;
        List<string> wayIn = [agent, "launch"];
        foreach (var file in cgroup?.ProcsFiles ?? [])
        {
            wayIn.AddRange(["--join", file]);
        }

        if (walls == JailWalls.OwnRoot)
        {
            wayIn.Add("--jail");
        }

        if (user is { } id)
        {
            wayIn.AddRange(["--user", id.ToString(CultureInfo.InvariantCulture)]);
        }

        if (spec.Accelerator == Accelerator.Kvm)
        {
            wayIn.Add("--kvm");
        }

        wayIn.AddRange(
        [
            "--vmm", Math.Max(largestFile, SmallestFileBytes).ToString(CultureInfo.InvariantCulture), Environment.ProcessId.ToString(CultureInfo.InvariantCulture), "--",
        ]);
        if (walls == JailWalls.UserNamespace)
        {
            wayIn.AddRange(RootlessJail);
        }

        return new VmCell(wayIn, cgroup, () =>
        {
            if (user is { } id)
            {
                users.Free(id);
            }
        });
    }

    /// <summary>Removes the control groups' common folder, once no VMM is left.</summary>
    public void Remove() => cgroups?.Remove();

    /// <summary>
    /// A page of a snapshot that was never used takes one page of the shared memory when first touched, and another for the private
    /// copy; the first is charged to whoever was first.
    /// </summary>
    private static long MemoryBytes(VmmSpec spec) => ((spec.Memory is null ? 1L : 2L) * spec.MemoryMiB << 20) + MonitorBytes;
}

/// <summary>What one VMM was given; closing it gives it back.</summary>
/// <param name="wayIn">Stands before the VMM's own command.</param>
/// <param name="cgroup">Its control group.</param>
/// <param name="free">Gives its user back.</param>
internal sealed class VmCell(IReadOnlyList<string> wayIn, ICgroup? cgroup, Action free) : IAsyncDisposable
{
    public IReadOnlyList<string> WayIn => wayIn;

    /// <summary>Whether the host's kernel killed the VMM for want of memory.</summary>
    public bool WasOutOfMemory() => cgroup?.WasOutOfMemory() ?? false;

    /// <summary>Call when no process of it is left.</summary>
    public async ValueTask DisposeAsync()
    {
        if (cgroup is not null)
        {
            await cgroup.RemoveAsync();
        }

        free();
    }
}
