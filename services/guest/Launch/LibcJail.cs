using System.Runtime.InteropServices;

namespace Glue.Guest.Native;

/// <summary>What only the way into a jail needs.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport("libc")] public static partial int getppid();
    [LibraryImport("libc")] public static partial nint readlink(byte* path, byte* target, nint size);
    [LibraryImport("libc")] public static partial int symlink(byte* target, byte* path);
    [LibraryImport("libc")] public static partial int rmdir(byte* path);
    [LibraryImport("libc", EntryPoint = "syscall")] public static partial nint syscallOfPaths(nint number, byte* first, byte* second);

    public const nint SYS_pivot_root = 155;
    public const int CLONE_NEWIPC = 0x8000000, CLONE_NEWNET = 0x40000000, O_CREAT = 0x40;
    public const nuint MS_REMOUNT = 32;
}
