using System.Buffers.Text;
using System.Text;
using Glue.Guest.Native;

namespace Glue.Guest.Boot;

/// <summary>Mounting, loading and waiting for device files, in the words of the boot.</summary>
internal static unsafe class Files
{
    // Device files appear when the kernel's probe is done, some milliseconds after the module is in.
    private const uint RetryMicroseconds = 500;
    private const int MaxRetries = 20_000;

    public static void Mount(string source, string target, string? type, nuint flags, string? data = null)
    {
        fixed (byte* from = Text(source), to = Text(target), kind = type is null ? null : Text(type), options = data is null ? null : Text(data))
        {
            Fail.IfNegative(Libc.mount(from, to, kind, flags, options), $"mount {source} at {target}");
        }
    }

    /// <summary>Takes a mount from the tree; what is bound out of it stays.</summary>
    public static void Unmount(string target)
    {
        fixed (byte* text = Text(target))
        {
            Fail.IfNegative(Libc.umount2(text, Libc.MNT_DETACH), $"umount {target}");
        }
    }

    public static void MakeFolder(string path)
    {
        fixed (byte* text = Text(path))
        {
            Libc.mkdir(text, 0x1ED /* 0755 */); // it may be there
        }
    }

    public static void SetMode(string path, uint mode)
    {
        fixed (byte* text = Text(path))
        {
            Fail.IfNegative(Libc.chmod(text, mode), $"chmod {path}");
        }
    }

    public static void EnterRoot(string path)
    {
        fixed (byte* folder = Text(path), root = Text("/"), here = Text("."))
        {
            Fail.IfNegative(Libc.chdir(folder), "chdir");
            Fail.IfNegative(Libc.mount(here, root, null, Libc.MS_MOVE, null), "moving the root");
            Fail.IfNegative(Libc.chroot(here), "chroot");
            Fail.IfNegative(Libc.chdir(root), "chdir");
        }
    }

    /// <summary>Opens a device file as soon as it is there.</summary>
    public static int OpenDevice(string path, int flags)
    {
        fixed (byte* text = Text(path))
        {
            for (var i = 0; i < MaxRetries; i++)
            {
                var fd = Libc.open(text, flags | Libc.O_CLOEXEC, 0);
                if (fd >= 0)
                {
                    return fd;
                }

                if (Libc.Errno is not (Libc.ENOENT or Libc.ENXIO))
                {
                    break;
                }

                Libc.usleep(RetryMicroseconds);
            }
        }

        Fail.Now($"open {path}");
        return -1;
    }

    public static void WaitForDevice(string path) => Libc.close(OpenDevice(path, Libc.O_RDONLY));

    /// <summary>Loads one kernel module. False: there is none of that name.</summary>
    public static bool LoadModule(string path)
    {
        fixed (byte* text = Text(path), none = "\0"u8)
        {
            var fd = Libc.open(text, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
            if (fd < 0)
            {
                return false;
            }

            Fail.IfNegative((int)Libc.syscall3(Libc.SYS_finit_module, fd, none, 0), $"loading {path}");
            Libc.close(fd);
            return true;
        }
    }

    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        if (!WriteIfThere(path, content))
        {
            Fail.Now($"open {path}");
        }
    }

    /// <returns>False: there is no such file.</returns>
    public static bool WriteIfThere(string path, ReadOnlySpan<byte> content)
    {
        fixed (byte* text = Text(path), bytes = content)
        {
            var fd = Libc.open(text, Libc.O_WRONLY | Libc.O_CLOEXEC, 0);
            if (fd < 0)
            {
                return false;
            }

            if (Libc.write(fd, bytes, content.Length) != content.Length)
            {
                Fail.Now($"write {path}");
            }

            Libc.close(fd);
            return true;
        }
    }

    /// <summary>The number behind a name in one of the kernel's lists; 0 when it is not there.</summary>
    public static ulong ReadCounter(string path, ReadOnlySpan<byte> name)
    {
        const int Most = 16 * 1024;
        var text = stackalloc byte[Most];
        fixed (byte* file = Text(path))
        {
            var fd = Fail.IfNegative(Libc.open(file, Libc.O_RDONLY | Libc.O_CLOEXEC, 0), $"open {path}");
            var length = Libc.read(fd, text, Most);
            Libc.close(fd);
            var list = new ReadOnlySpan<byte>(text, (int)Math.Max(0, length));
            var at = list.IndexOf(name);
            return at >= 0 && Utf8Parser.TryParse(list[(at + name.Length)..], out ulong value, out _) ? value : 0;
        }
    }

    /// <summary>To the console, for whoever looks into a VM that does not come up.</summary>
    public static void Complain(string message)
    {
        fixed (byte* bytes = Encoding.UTF8.GetBytes($"glue-agent: {message}\n"))
        {
            Libc.write(2, bytes, message.Length + 13);
        }
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text + '\0');
}
