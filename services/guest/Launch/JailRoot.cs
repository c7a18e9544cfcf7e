using System.Text;
using Glue.Guest.Native;

namespace Glue.Guest.Launch;

/// <summary>
/// What a virtual machine monitor sees of the machine: the distribution's programs and libraries, read-only, its own descriptors in /proc,
/// two or three devices. No home, no /etc, no data folder, no other sandbox's anything; no network, no System V IPC. The root is a small
/// tmpfs in a mount namespace of its own, so that nothing is left of it when the process ends, however it ends.
/// </summary>
internal static unsafe class JailRoot
{
    private const string Root = "/tmp";
    private const nuint Bare = Libc.MS_NOSUID | Libc.MS_NODEV | Libc.MS_NOEXEC;

    private static readonly string[] Devices = ["null", "urandom", "kvm"];

    /// <summary>Moves this process there; root only (a user namespace is not for a process with threads, as this one is).</summary>
    /// <exception cref="SystemCallException">This machine does not let it.</exception>
    public static void Enter()
    {
        Fail.IfNegative(Libc.unshare(Libc.CLONE_NEWNS | Libc.CLONE_NEWNET | Libc.CLONE_NEWIPC), "unshare");
        Mount("none", "/", null, Libc.MS_REC | Libc.MS_PRIVATE, null);
        Mount("tmpfs", Root, "tmpfs", Libc.MS_NOSUID | Libc.MS_NODEV, "mode=755,size=64k");
        foreach (var folder in (string[])["/usr", "/lib", "/lib64"])
        {
            Show(folder);
        }

        Folder("/proc");
        Mount("proc", Root + "/proc", "proc", Bare, "hidepid=invisible,subset=pid");
        Folder("/dev");
        foreach (var device in Devices)
        {
            ShowDevice("/dev/" + device);
        }

        Folder("/former");
        fixed (byte* root = Text(Root), former = Text(Root + "/former"), formerInside = Text("/former"), top = Text("/"))
        {
            Fail.IfNegative((int)Libc.syscallOfPaths(Libc.SYS_pivot_root, root, former), "pivot_root");
            Fail.IfNegative(Libc.chdir(top), "chdir");
            Fail.IfNegative(Libc.umount2(formerInside, Libc.MNT_DETACH), "umount the former root");
            Fail.IfNegative(Libc.rmdir(formerInside), "rmdir");
            Fail.IfNegative(Libc.mount(null, top, null, Libc.MS_REMOUNT | Libc.MS_BIND | Libc.MS_RDONLY | Libc.MS_NOSUID | Libc.MS_NODEV, null), "remount /");
        }
    }

    /// <summary>A folder read-only where it was, or the link that it is; nothing where there is none.</summary>
    private static void Show(string folder)
    {
        fixed (byte* path = Text(folder), inside = Text(Root + folder))
        {
            var target = stackalloc byte[256];
            var length = Libc.readlink(path, target, 255);
            if (length > 0)
            {
                target[length] = 0;
                Fail.IfNegative(Libc.symlink(target, inside), $"symlink {folder}");
                return;
            }

            Libc.FileStatus status;
            if (Libc.statx(Libc.AT_FDCWD, path, 0, Libc.STATX_BASIC_STATS, &status) != 0)
            {
                return;
            }

            Folder(folder);
            Mount(folder, Root + folder, null, Libc.MS_BIND, null);
            Mount(null, Root + folder, null, Libc.MS_REMOUNT | Libc.MS_BIND | Libc.MS_RDONLY | Libc.MS_NOSUID | Libc.MS_NODEV, null);
        }
    }

    private static void ShowDevice(string device)
    {
        fixed (byte* path = Text(device), inside = Text(Root + device))
        {
            Libc.FileStatus status;
            if (Libc.statx(Libc.AT_FDCWD, path, 0, Libc.STATX_BASIC_STATS, &status) == 0)
            {
                Libc.close(Fail.IfNegative(Libc.open(inside, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_CLOEXEC, 0x124 /* 0444 */), $"making {device}"));
                Mount(device, Root + device, null, Libc.MS_BIND, null);
            }
        }
    }

    private static void Folder(string folder)
    {
        fixed (byte* inside = Text(Root + folder))
        {
            Fail.IfNegative(Libc.mkdir(inside, 0x1ED /* 0755 */), $"mkdir {folder}");
        }
    }

    private static void Mount(string? source, string target, string? type, nuint flags, string? data)
    {
        fixed (byte* from = source is null ? null : Text(source), to = Text(target), kind = type is null ? null : Text(type), options = data is null ? null : Text(data))
        {
            Fail.IfNegative(Libc.mount(from, to, kind, flags, options), $"mount {target}");
        }
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text + '\0');
}
