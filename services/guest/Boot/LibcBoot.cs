using System.Runtime.InteropServices;

namespace Glue.Guest.Native;

/// <summary>What only a microVM needs: its PID 1, and the way into its monitor.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport("libc", EntryPoint = "syscall")] public static partial nint syscall3(nint number, nint first, byte* second, nint third);
    [LibraryImport("libc")] public static partial int access(byte* path, int mode);
    [LibraryImport("libc")] public static partial int chdir(byte* path);
    [LibraryImport("libc")] public static partial int chroot(byte* path);
    [LibraryImport("libc")] public static partial int umount2(byte* target, int flags);
    [LibraryImport("libc")] public static partial int chmod(byte* path, uint mode);
    [LibraryImport("libc")] public static partial int ioctl(int fd, nuint request, void* argument);
    [LibraryImport("libc")] public static partial int clock_settime(int clock, TimeSpec* time);
    [LibraryImport("libc")] public static partial int usleep(uint microseconds);
    [LibraryImport("libc")] public static partial int reboot(int command);

    public const nint SYS_finit_module = 313;
    public const int ENOENT = 2, ENXIO = 6, EEXIST = 17;
    public const int O_RDWR = 2;
    public const short POSIX_SPAWN_RESETIDS = 1;
    public const nuint MS_RDONLY = 1, MS_NOEXEC = 8, MS_MOVE = 8192, MS_NOATIME = 1024;
    public const int MNT_DETACH = 2;
    public const int RB_POWER_OFF = 0x4321FEDC, PR_SET_NO_NEW_PRIVS = 38, PR_SET_PDEATHSIG = 1, PR_CAPBSET_DROP = 24;
}
