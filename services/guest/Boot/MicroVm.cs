using System.Runtime.InteropServices;
using Glue.Guest.Native;

namespace Glue.Guest.Boot;

/// <summary>
/// What the agent does as PID 1 of a microVM before and around its loop: from the kernel's first root to the function's file system,
/// the drives that come with the function, and time and randomness after a restore.
/// </summary>
/// <remarks>
/// Drives, in this order: <c>vda</c> the root image, <c>vdb</c> the function's code and layers, <c>vdc</c> its /tmp, <c>vdd</c> the interpreter of its runtime, where the
/// root image has none. A VM that becomes a base snapshot has only placeholders for the last three: they are not touched before <see cref="MountFunction"/>.
/// </remarks>
internal sealed unsafe class MicroVm
{
    /// <summary>Lambda's own numbers (id inside a Lambda sandbox: <c>sbx_user1051</c>, read 2026-11).</summary>
    private const uint FunctionUser = 993, FunctionGroup = 990;

    private const nuint FunctionFlags = Libc.MS_NOSUID | Libc.MS_NODEV;

    private bool _hasRunOut;

    /// <summary>Code and /tmp are mounted, and the runtime was started: in a restored guest from the beginning.</summary>
    public bool HasFunction { get; private set; }

    /// <summary>The whole life of the guest. Does not return: the return of PID 1 would be a kernel panic.</summary>
    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    public static void Run()
    {
        try
        {
            new Agent(Boot(), new MicroVm()).Run();
        }
        catch (SystemCallException e)
        {
            Files.Complain(e.Message);
        }

        Libc.reboot(Libc.RB_POWER_OFF);
        throw new InvalidOperationException("The power is off.");
    }

    /// <summary>Everything up to the point where the worker can be told that the guest runs.</summary>
    /// <returns>The channel.</returns>
    private static int Boot()
    {
        Files.Mount("dev", "/dev", "devtmpfs", Libc.MS_NOSUID);
        Files.Mount("proc", "/proc", "proc", FunctionFlags | Libc.MS_NOEXEC);
        for (var i = 0; Files.LoadModule($"/modules/{i}"); i++)
        {
        }

        var channel = Files.OpenDevice("/dev/vport0p1", Libc.O_RDWR);
        Network.BringUpLoopback();
        Files.WaitForDevice("/dev/vda");
        Files.Mount("/dev/vda", "/root", "squashfs", Libc.MS_RDONLY | FunctionFlags);
        Files.Mount("/runtime", "/root/var/runtime", null, Libc.MS_BIND);
        Files.Mount("/dev", "/root/dev", null, Libc.MS_MOVE);
        Files.Mount("/proc", "/root/proc", null, Libc.MS_MOVE);
        Files.Mount("sys", "/root/sys", "sysfs", FunctionFlags | Libc.MS_NOEXEC);
        EndWhoTakesAllMemory();
        Files.Mount("sys", "/root/sys", null, Libc.MS_REMOUNT | Libc.MS_RDONLY | FunctionFlags | Libc.MS_NOEXEC);
        Files.EnterRoot("/root");
        Files.MakeFolder("/dev/shm");
        Files.Mount("shm", "/dev/shm", "tmpfs", FunctionFlags, "mode=1777");
        Files.Write("/proc/sys/user/max_user_namespaces", "0"u8); // the kernel's largest surface for code without privileges
        Awakening.Prepare();
        BecomeFunctionsParent();
        return channel;
    }

    /// <summary>Makes the function's code and its /tmp visible.</summary>
    /// <param name="program">Of its runtime, NUL-terminated: says whether the interpreter comes with the function.</param>
    public void MountFunction(byte* program)
    {
        HasFunction = true;
        Files.Mount("/dev/vdb", "/mnt", "squashfs", Libc.MS_RDONLY | FunctionFlags);
        Files.Mount("/mnt/task", "/var/task", null, Libc.MS_BIND);
        Files.Mount("/mnt/opt", "/opt", null, Libc.MS_BIND);
        Files.Unmount("/mnt");
        if (MemoryMarshal.CreateReadOnlySpanFromNullTerminated(program).StartsWith("/var/lang/"u8))
        {
            Files.Mount("/dev/vdd", "/var/lang", "squashfs", Libc.MS_RDONLY | FunctionFlags);
        }

        Files.Mount("/dev/vdc", "/tmp", "ext4", FunctionFlags | Libc.MS_NOATIME, "nobarrier,noquota");
        Files.SetMode("/tmp", 0x3FF /* 1777 */);
    }

    /// <summary>
    /// Whether the kernel has ended something for want of memory: in a guest of one function that can only be the function, or a child of its. Which of them is not
    /// asked: a function that was killed in a sandbox that had run out of memory is told of the memory.
    /// </summary>
    public bool RanOutOfMemory()
    {
        _hasRunOut |= Files.ReadCounter("/proc/vmstat", "oom_kill "u8) > 0;
        return _hasRunOut;
    }

    /// <summary>
    /// Has the kernel end a process when what ran within the last second does not fit any more. By itself it would first evict all code, and read it anew from
    /// the drives with each step, for minutes (Documentation/admin-guide/mm/multigen_lru.rst, "Thrashing prevention"). Kernels without it do.
    /// </summary>
    private static void EndWhoTakesAllMemory() => Files.WriteIfThere("/root/sys/kernel/mm/lru_gen/min_ttl_ms", "1000"u8);

    /// <summary>
    /// The real ids become the function's while the effective ones stay root's: a child started with POSIX_SPAWN_RESETIDS is then the
    /// function's user through and through, without another program in between. A function may signal this process for it, but
    /// PID 1 ignores what it has no handler for.
    /// </summary>
    private static void BecomeFunctionsParent()
    {
        Fail.IfNegative(Libc.prctl(Libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl");
        for (var capability = 0; Libc.prctl(Libc.PR_CAPBSET_DROP, capability, 0, 0, 0) == 0; capability++)
        {
            // Until the first number that the kernel does not know. What this process holds it keeps; no child can ever get one.
        }

        Fail.IfNegative(Libc.setgroups(0, null), "setgroups");
        Fail.IfNegative(Libc.setresgid(FunctionGroup, 0, 0), "setresgid");
        Fail.IfNegative(Libc.setresuid(FunctionUser, 0, 0), "setresuid");
    }
}
