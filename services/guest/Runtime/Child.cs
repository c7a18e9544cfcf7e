using Glue.Contracts.Channel;
using Glue.Guest.Native;

namespace Glue.Guest.Runtime;

/// <summary>Starts a process of the function's: a session of its own, its limits, nothing inherited.</summary>
internal static unsafe class Child
{
    /// <param name="limits">Set just after its start: the agent keeps its own, and a child's limits bind all its descendants.</param>
    /// <param name="folder">Where it starts.</param>
    /// <param name="arguments">Program and arguments, null at the end.</param>
    /// <param name="environment">Its whole environment, null at the end.</param>
    /// <param name="output">Becomes its standard output.</param>
    /// <param name="error">Becomes its standard error.</param>
    /// <param name="pid">Of the child; 0 when there is none.</param>
    /// <returns>0, or the errno of the start.</returns>
    public static int Start(in InitMessage limits, byte* folder, byte** arguments, byte** environment, int output, int error, out int pid)
    {
        var errno = Spawn(folder, arguments, environment, output, error, out pid);
        if (errno == 0)
        {
            Limit(pid, limits);
        }

        return errno;
    }

    private static int Spawn(byte* folder, byte** arguments, byte** environment, int output, int error, out int pid)
    {
        // glibc's opaque structs: 80 and 336 bytes on x86-64, taken larger.
        var actions = stackalloc byte[512];
        var attributes = stackalloc byte[512];
        // An ignored SIGPIPE would be inherited: the runtime starts with every ordinary signal at its default and none blocked.
        var defaults = stackalloc ulong[16];
        defaults[0] = 0x7fff_ffff;
        Libc.posix_spawn_file_actions_init(actions);
        fixed (byte* nothing = "/dev/null\0"u8)
        {
            Libc.posix_spawn_file_actions_addopen(actions, 0, nothing, Libc.O_RDONLY, 0);
            Libc.posix_spawn_file_actions_adddup2(actions, output, 1);
            Libc.posix_spawn_file_actions_adddup2(actions, error, 2);
            Libc.posix_spawn_file_actions_addchdir_np(actions, folder);
            Libc.posix_spawnattr_init(attributes);
            Libc.posix_spawnattr_setsigdefault(attributes, defaults);
            Libc.posix_spawnattr_setflags(
                attributes, Libc.POSIX_SPAWN_SETSIGDEF | Libc.POSIX_SPAWN_SETSIGMASK | Libc.POSIX_SPAWN_SETSID | Libc.POSIX_SPAWN_RESETIDS);
            int child;
            var errno = Libc.posix_spawn(&child, arguments[0], actions, attributes, arguments, environment);
            pid = errno == 0 ? child : 0;
            return errno;
        }
    }

    private static void Limit(int pid, in InitMessage limits)
    {
        Set(pid, Libc.RLIMIT_CORE, 0);
        Set(pid, Libc.RLIMIT_NOFILE, limits.OpenFiles);
        Set(pid, Libc.RLIMIT_NPROC, limits.Processes);
        if (limits.DataLimitBytes > 0)
        {
            Set(pid, Libc.RLIMIT_DATA, limits.DataLimitBytes);
        }

        if (limits.FileSizeLimitBytes > 0)
        {
            Set(pid, Libc.RLIMIT_FSIZE, limits.FileSizeLimitBytes);
        }
    }

    private static void Set(int pid, int resource, ulong value)
    {
        var limit = new Libc.ResourceLimit { Soft = value, Hard = value };
        Libc.prlimit(pid, resource, &limit, null);
    }
}
