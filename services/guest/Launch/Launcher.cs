using System.Text;
using Glue.Guest.Native;

namespace Glue.Guest.Launch;

/// <summary>
/// The steps into a process sandbox that must happen between fork and bubblewrap, in one small process instead of a chain of
/// shell, mount, prlimit and setpriv:
/// <c>launch [--join FILE]… [--stage SOURCE NAME]… [--jail] [--kvm] [--user N] [--vmm BYTES WORKER] -- PROGRAM ARGUMENT…</c>.
/// </summary>
/// <remarks>
/// <c>--join</c> writes "0" (the writer) to a cgroup.procs file. <c>--stage</c> makes a folder that only root can reach visible at
/// /tmp/NAME, in a mount namespace that only this process and its children have; root only. <c>--jail</c>: see <see cref="JailRoot"/>.
/// <c>--user</c> gives up root for a user
/// and group without a name, so that even an escape from bubblewrap is nobody; with <c>--kvm</c> that user stays in the group that
/// may open /dev/kvm, where the distribution has one. <c>--vmm</c> is for a virtual machine monitor, which
/// starts nothing: no new privileges ever, few descriptors, no core file, no file longer than that, and its end with the worker's, whose
/// process id is given.
/// </remarks>
internal static unsafe class Launcher
{
    private const int Failed = 126;

    public static int Run(ReadOnlySpan<string> arguments)
    {
        try
        {
            var stages = new List<(string Source, string Name)>();
            var at = 0;
            var isJailed = false;
            uint? user = null;
            uint? kvmGroup = null;
            (ulong LargestFileBytes, int Worker)? vmm = null;
            for (; at < arguments.Length && arguments[at] != "--"; at++)
            {
                switch (arguments[at])
                {
                    case "--join":
                        Join(arguments[++at]);
                        break;
                    case "--stage":
                        stages.Add((arguments[at + 1], arguments[at + 2]));
                        at += 2;
                        break;
                    case "--jail":
                        isJailed = true;
                        break;
                    case "--kvm":
                        kvmGroup = GroupOfKvm();
                        break;
                    case "--user":
                        user = uint.Parse(arguments[++at]);
                        break;
                    case "--vmm":
                        vmm = (ulong.Parse(arguments[at + 1]), int.Parse(arguments[at + 2]));
                        at += 2;
                        break;
                }
            }

            if (stages.Count > 0)
            {
                Stage(stages);
            }

            if (isJailed)
            {
                JailRoot.Enter();
            }

            if (user is { } id)
            {
                var group = kvmGroup.GetValueOrDefault();
                Fail.IfNegative(Libc.setgroups(kvmGroup is null ? 0 : 1, &group), "setgroups");
                Fail.IfNegative(Libc.setresgid(id, id, id), "setresgid");
                Fail.IfNegative(Libc.setresuid(id, id, id), "setresuid");
            }

            if (vmm is { } limits)
            {
                Confine(limits.LargestFileBytes, limits.Worker);
            }

            Execute(arguments[(at + 1)..]);
        }
        catch (SystemCallException e)
        {
            Complain(e.Message);
        }

        return Failed;
    }

    private static void Join(string procs)
    {
        fixed (byte* path = Text(procs), self = "0"u8)
        {
            var fd = Fail.IfNegative(Libc.open(path, Libc.O_WRONLY | Libc.O_CLOEXEC, 0), $"open {procs}");
            if (Libc.write(fd, self, 1) != 1)
            {
                Fail.Now($"write {procs}");
            }

            Libc.close(fd);
        }
    }

    /// <summary>Null when belonging to the device's group opens nothing, or would open more than the device: root's group.</summary>
    private static uint? GroupOfKvm()
    {
        fixed (byte* path = "/dev/kvm\0"u8)
        {
            Libc.FileStatus status;
            return Libc.statx(Libc.AT_FDCWD, path, 0, Libc.STATX_BASIC_STATS, &status) == 0 && (status.Mode & 0x30) == 0x30 && status.Group != 0
                ? status.Group
                : null;
        }
    }

    /// <summary>Last before the program: a change of user would undo the parent-death signal.</summary>
    private static void Confine(ulong largestFileBytes, int worker)
    {
        Limit(Libc.RLIMIT_CORE, 0);
        Limit(Libc.RLIMIT_NOFILE, 64);
        Limit(Libc.RLIMIT_FSIZE, largestFileBytes);
        Fail.IfNegative(Libc.prctl(Libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl");
        Fail.IfNegative(Libc.prctl(Libc.PR_SET_PDEATHSIG, Libc.SIGKILL, 0, 0, 0), "prctl");
        if (Libc.getppid() != worker)
        {
            Libc._exit(Failed); // it died before this moment, and no signal will come
        }
    }

    private static void Limit(int resource, ulong value)
    {
        var limit = new Libc.ResourceLimit { Soft = value, Hard = value };
        Fail.IfNegative(Libc.prlimit(0, resource, &limit, null), "prlimit");
    }

    private static void Stage(List<(string Source, string Name)> stages)
    {
        Fail.IfNegative(Libc.unshare(Libc.CLONE_NEWNS), "unshare");
        Mount("none", "/", null, Libc.MS_REC | Libc.MS_PRIVATE, null);

        // Opened before /tmp is covered, for a source may lie in it; opened after unshare, for a mount must be of this namespace.
        var sources = new int[stages.Count];
        for (var i = 0; i < sources.Length; i++)
        {
            fixed (byte* path = Text(stages[i].Source))
            {
                sources[i] = Fail.IfNegative(Libc.open(path, Libc.O_PATH | Libc.O_CLOEXEC, 0), $"open {stages[i].Source}");
            }
        }

        Mount("tmpfs", "/tmp", "tmpfs", Libc.MS_NOSUID | Libc.MS_NODEV, "mode=755,size=64k");
        for (var i = 0; i < sources.Length; i++)
        {
            var target = "/tmp/" + stages[i].Name;
            fixed (byte* path = Text(target))
            {
                Fail.IfNegative(Libc.mkdir(path, 0x1ED), "mkdir");
            }

            Mount($"/proc/self/fd/{sources[i]}", target, null, Libc.MS_BIND, null);
        }
    }

    private static void Mount(string source, string target, string? type, nuint flags, string? data)
    {
        fixed (byte* from = Text(source), to = Text(target), kind = type is null ? null : Text(type), options = data is null ? null : Text(data))
        {
            Fail.IfNegative(Libc.mount(from, to, kind, flags, options), $"mount {target}");
        }
    }

    private static void Execute(ReadOnlySpan<string> command)
    {
        var pointers = stackalloc byte*[command.Length + 1];
        for (var i = 0; i < command.Length; i++)
        {
            pointers[i] = (byte*)System.Runtime.InteropServices.Marshal.StringToCoTaskMemUTF8(command[i]);
        }

        pointers[command.Length] = null;
        byte* none = null;
        Libc.execve(pointers[0], pointers, &none);
        Fail.Now($"execve {command[0]}");
    }

    private static void Complain(string message)
    {
        fixed (byte* text = Text($"glue-agent launch: {message}\n"))
        {
            Libc.write(2, text, Encoding.UTF8.GetByteCount($"glue-agent launch: {message}\n"));
        }
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text + '\0');
}
