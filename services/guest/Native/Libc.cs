using System.Runtime.InteropServices;

namespace Glue.Guest.Native;

/// <summary>
/// The system calls the agent lives on, bound to libc at link time. No Socket, Process or Console: those bring threads, signal
/// handlers and allocation into PID 1. Failure is -1 with <see cref="Errno"/>.
/// </summary>
internal static unsafe partial class Libc
{
    /// <summary>Of the call made just before on this thread.</summary>
    public static int Errno => Marshal.GetLastSystemError();

    [LibraryImport("libc")] public static partial nint read(int fd, byte* buffer, nint count);
    [LibraryImport("libc")] public static partial nint pread(int fd, byte* buffer, nint count, nint offset);
    [LibraryImport("libc")] public static partial nint write(int fd, byte* buffer, nint count);
    [LibraryImport("libc")] public static partial nint writev(int fd, IoVector* vectors, int count);
    [LibraryImport("libc")] public static partial int open(byte* path, int flags, int mode);
    [LibraryImport("libc")] public static partial int close(int fd);
    [LibraryImport("libc")] public static partial int pipe2(int* fds, int flags);
    [LibraryImport("libc")] public static partial int fcntl(int fd, int command, nint argument);

    [LibraryImport("libc")] public static partial int epoll_create1(int flags);
    [LibraryImport("libc")] public static partial int epoll_ctl(int poll, int operation, int fd, EpollEvent* change);
    [LibraryImport("libc")] public static partial int epoll_wait(int poll, EpollEvent* events, int capacity, int timeoutMs);
    [LibraryImport("libc")] public static partial int poll(PollRequest* requests, nuint count, int timeoutMs);

    [LibraryImport("libc")] public static partial int socket(int domain, int type, int protocol);
    [LibraryImport("libc")] public static partial int bind(int fd, SocketAddress* address, int length);
    [LibraryImport("libc")] public static partial int connect(int fd, SocketAddress* address, int length);
    [LibraryImport("libc")] public static partial int listen(int fd, int backlog);
    [LibraryImport("libc")] public static partial int accept4(int fd, void* address, void* length, int flags);
    [LibraryImport("libc")] public static partial int setsockopt(int fd, int level, int name, void* value, int length);
    [LibraryImport("libc")] public static partial int shutdown(int fd, int how);
    [LibraryImport("libc")] public static partial nint sendmsg(int fd, MessageHeader* message, int flags);

    [LibraryImport("libc")] public static partial int posix_spawn(int* pid, byte* path, void* actions, void* attributes, byte** arguments, byte** environment);
    [LibraryImport("libc")] public static partial int posix_spawn_file_actions_init(void* actions);
    [LibraryImport("libc")] public static partial int posix_spawn_file_actions_adddup2(void* actions, int fd, int target);
    [LibraryImport("libc")] public static partial int posix_spawn_file_actions_addopen(void* actions, int fd, byte* path, int flags, int mode);
    [LibraryImport("libc")] public static partial int posix_spawn_file_actions_addchdir_np(void* actions, byte* path);
    [LibraryImport("libc")] public static partial int posix_spawnattr_init(void* attributes);
    [LibraryImport("libc")] public static partial int posix_spawnattr_setflags(void* attributes, short flags);
    [LibraryImport("libc")] public static partial int posix_spawnattr_setsigdefault(void* attributes, void* signals);
    [LibraryImport("libc")] public static partial nint signal(int number, nint handler);
    [LibraryImport("libc")] public static partial int waitpid(int pid, int* status, int options);
    [LibraryImport("libc")] public static partial int kill(int pid, int signal);
    [LibraryImport("libc")] public static partial int getpid();
    [LibraryImport("libc")] public static partial int prctl(int option, nint value, nint third, nint fourth, nint fifth);
    [LibraryImport("libc")] public static partial int prlimit(int pid, int resource, ResourceLimit* limit, ResourceLimit* former);
    [LibraryImport("libc")] public static partial nint syscall(nint number, nint first, nint second);
    [LibraryImport("libc")] public static partial int clock_gettime(int clock, TimeSpec* time);
    [LibraryImport("libc")] public static partial void _exit(int status);

    [LibraryImport("libc")] public static partial int unshare(int flags);
    [LibraryImport("libc")] public static partial int mount(byte* source, byte* target, byte* type, nuint flags, byte* data);
    [LibraryImport("libc")] public static partial int mkdir(byte* path, int mode);
    [LibraryImport("libc")] public static partial int statx(int folder, byte* path, int flags, uint mask, FileStatus* status);
    [LibraryImport("libc")] public static partial int setgroups(nint count, uint* groups);
    [LibraryImport("libc")] public static partial int setresgid(uint real, uint effective, uint saved);
    [LibraryImport("libc")] public static partial int setresuid(uint real, uint effective, uint saved);
    [LibraryImport("libc")] public static partial int execve(byte* path, byte** arguments, byte** environment);

    public const int EINTR = 4, EAGAIN = 11, EPIPE = 32, EINPROGRESS = 115;
    public const int O_RDONLY = 0, O_WRONLY = 1, O_NONBLOCK = 0x800, O_CLOEXEC = 0x80000, O_PATH = 0x200000;
    public const int F_SETFD = 2, F_GETFL = 3, F_SETFL = 4, FD_CLOEXEC = 1;
    public const int EPOLL_CLOEXEC = 0x80000, EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2, EPOLL_CTL_MOD = 3;
    public const uint EPOLLIN = 1, EPOLLOUT = 4;
    public const short POLLOUT = 4, POLLHUP = 0x10, POLLRDHUP = 0x2000;
    public const int AF_INET = 2, SOCK_STREAM = 1, SOCK_NONBLOCK = 0x800, SOCK_CLOEXEC = 0x80000;
    public const int SOL_SOCKET = 1, SO_REUSEADDR = 2, IPPROTO_TCP = 6, TCP_NODELAY = 1, SHUT_WR = 1, SCM_RIGHTS = 1;
    public const int WNOHANG = 1, SIGKILL = 9, SIGPIPE = 13, SIGTERM = 15, SIG_IGN = 1, PR_SET_DUMPABLE = 4;
    public const int RLIMIT_FSIZE = 1, RLIMIT_DATA = 2, RLIMIT_CORE = 4, RLIMIT_NPROC = 6, RLIMIT_NOFILE = 7;
    public const int CLOCK_REALTIME = 0, CLOCK_MONOTONIC = 1;
    public const short POSIX_SPAWN_SETSIGDEF = 4, POSIX_SPAWN_SETSIGMASK = 8, POSIX_SPAWN_SETSID = 0x80;
    public const nint SYS_pidfd_open = 434;
    public const int CLONE_NEWNS = 0x20000, AT_FDCWD = -100;
    public const uint STATX_BASIC_STATS = 0x7FF;
    public const nuint MS_NOSUID = 2, MS_NODEV = 4, MS_BIND = 4096, MS_REC = 16384, MS_PRIVATE = 1 << 18;

    /// <summary>statx(2): the same layout on every processor. Only what is read here has a name.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct FileStatus
    {
        [FieldOffset(24)] public uint Group;
        [FieldOffset(28)] public ushort Mode;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public byte* Base;
        public nint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nint VectorCount;
        public void* Control;
        public nint ControlLength;
        public int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct DescriptorMessage
    {
        public nint Length;
        public int Level;
        public int Type;
        public int Descriptor;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollRequest
    {
        public int Fd;
        public short Events;
        public short Happened;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)] // packed on x86-64 only; other processors need another struct
    public struct EpollEvent
    {
        public uint Events;
        public ulong Data;
    }

    [StructLayout(LayoutKind.Sequential, Size = 16)]
    public struct SocketAddress
    {
        public ushort Family;
        public ushort PortBigEndian;
        public uint AddressBigEndian;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct ResourceLimit
    {
        public ulong Soft;
        public ulong Hard;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
