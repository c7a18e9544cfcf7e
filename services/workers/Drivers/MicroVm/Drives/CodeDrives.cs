using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Glue.Workers.Drivers.MicroVm.Native;
using Glue.Workers.Images;
using Microsoft.Win32.SafeHandles;

namespace Glue.Workers.Drivers.MicroVm.Drives;

/// <summary>Function code as read-only drives, made once per code and kept beside the unpacked code.</summary>
/// <param name="folder">Where the images are kept.</param>
internal sealed class CodeDrives(string folder)
{
    /// <summary>More than any code (250 MB unpacked) can need.</summary>
    private const long PlaceholderBytes = 1L << 30;

    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _making = new(StringComparer.Ordinal);

    /// <summary>What a guest gets that has no function yet: it remembers the size, and the real drive must not be larger.</summary>
    public static SafeFileHandle Placeholder()
    {
        using var memory = Descriptor.Memory("code-placeholder", PlaceholderBytes);
        return Descriptor.Reopen(memory, Posix.O_RDONLY); // QEMU insists on a read-only descriptor for a read-only drive
    }

    /// <summary>The image of an unpacked code folder. The folder's path names the code: the cache it is from never changes one.</summary>
    public async Task<string> EnsureAsync(string codeFolder)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(codeFolder)))[..32];
        var path = Path.Combine(folder, name + ".squashfs");
        if (File.Exists(path))
        {
            return path;
        }

        var making = _making.GetOrAdd(name, _ => new Lazy<Task<string>>(() => MakeAsync(codeFolder, path)));
        try
        {
            return await making.Value;
        }
        finally
        {
            _making.TryRemove(name, out _);
        }
    }

    private static async Task<string> MakeAsync(string codeFolder, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var unfinished = Unfinished.NameFor(path);
        try
        {
            await Tool.RunAsync("mksquashfs", RootImage.SquashfsArguments(codeFolder, unfinished, "-all-root"));
            File.Move(unfinished, path, overwrite: true);
            return path;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
