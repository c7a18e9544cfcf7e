using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Glue.Workers.Drivers.MicroVm.Native;

/// <summary>The system calls that .NET has no class for: starting a process with exactly the descriptors it may have, and sealed memory.</summary>
internal static unsafe partial class Posix
{
    public const int MFD_CLOEXEC = 1, MFD_ALLOW_SEALING = 2;
    public const int F_ADD_SEALS = 1033, F_SEAL_SEAL = 1, F_SEAL_SHRINK = 2, F_SEAL_GROW = 4, F_SEAL_WRITE = 8;
    public const int O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0x40, O_TRUNC = 0x200, O_CLOEXEC = 0x80000, O_TMPFILE = 0x410000;
    public const int AF_UNIX = 1, SOCK_STREAM = 1, SOCK_CLOEXEC = 0x80000;
    public const int SIGKILL = 9, WNOHANG = 1, EINTR = 4;
    public const short POSIX_SPAWN_SETSIGDEF = 4, POSIX_SPAWN_SETSIGMASK = 8, POSIX_SPAWN_SETSID = 0x80;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int memfd_create(string name, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fcntl(int fd, int command, nint argument);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int ftruncate(int fd, long size);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string path, int flags, int mode);

    /// <summary>Where data begins at or after <paramref name="from"/>; -1: there is none.</summary>
    public static long SeekData(SafeFileHandle file, long from) => lseek(file, from, 3);

    /// <summary>Where a hole begins at or after <paramref name="from"/>; the file's end counts as one.</summary>
    public static long SeekHole(SafeFileHandle file, long from) => lseek(file, from, 4);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(SafeFileHandle fd, long offset, int whence);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int socketpair(int domain, int type, int protocol, int* fds);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint sendmsg(int socket, MessageHeader* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int waitpid(int pid, int* status, int options);

    [LibraryImport("libc")]
    public static partial uint geteuid();

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int posix_spawn(int* pid, string path, void* actions, void* attributes, byte** arguments, byte** environment);

    // The setters fail only for arguments that are wrong in themselves; they are declared without a result.
    [LibraryImport("libc")]
    public static partial void posix_spawn_file_actions_init(void* actions);

    [LibraryImport("libc")]
    public static partial void posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport("libc")]
    public static partial void posix_spawn_file_actions_adddup2(void* actions, int fd, int target);

    [LibraryImport("libc")]
    public static partial void posix_spawn_file_actions_addclosefrom_np(void* actions, int from);

    [LibraryImport("libc")]
    public static partial void posix_spawnattr_init(void* attributes);

    [LibraryImport("libc")]
    public static partial void posix_spawnattr_destroy(void* attributes);

    [LibraryImport("libc")]
    public static partial void posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport("libc")]
    public static partial void posix_spawnattr_setsigdefault(void* attributes, void* signals);

    [LibraryImport("libc")]
    public static partial void posix_spawnattr_setsigmask(void* attributes, void* signals);

    /// <summary><c>struct msghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public void* Name;
        public nint NameLength;
        public IoVector* Vectors;
        public nint VectorCount;
        public DescriptorMessage* Control;
        public nint ControlLength;
        public nint Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public byte* Base;
        public nint Length;
    }

    /// <summary><c>struct cmsghdr</c> with one descriptor, padded as CMSG_SPACE does.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 24)]
    public struct DescriptorMessage
    {
        public nint Length;
        public int Level;
        public int Type;
        public int Descriptor;
    }
}
