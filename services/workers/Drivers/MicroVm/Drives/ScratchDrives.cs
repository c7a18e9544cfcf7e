using System.Collections.Concurrent;
using System.Globalization;
using Glue.Workers.Images;
using Glue.Workers.Drivers.MicroVm.Native;
using Microsoft.Win32.SafeHandles;

namespace Glue.Workers.Drivers.MicroVm.Drives;

/// <summary>
/// A sandbox's /tmp: a file system of exactly the configured size in a sparse file without a name, so that it takes only what the
/// function writes, never guest memory, and is gone with the last process that has it open, whatever happens.
/// </summary>
/// <param name="folder">On the disk whose room they take.</param>
internal sealed class ScratchDrives(string folder)
{
    /// <summary>Lambda's maximum.</summary>
    private const long PlaceholderBytes = 10240L << 20;

    private const string Identity = "5dd9a2ff-3e36-4f09-9a06-7a1bd9fd4c35";

    private readonly ConcurrentDictionary<int, Lazy<Task<string>>> _templates = new();

    public string Folder => folder;

    /// <summary>What a guest gets that has no function yet: it remembers the size, and the real drive must not be larger.</summary>
    public static SafeFileHandle Placeholder() => Descriptor.Memory("scratch-placeholder", PlaceholderBytes);

    /// <summary>A fresh, empty file system.</summary>
    public async Task<SafeFileHandle> CreateAsync(int sizeMiB)
    {
        var template = await _templates.GetOrAdd(sizeMiB, size => new Lazy<Task<string>>(() => MakeTemplateAsync(size))).Value;
        using var source = Descriptor.Open(template, Posix.O_RDONLY);
        return SparseFile.Copy(source, folder);
    }

    private async Task<string> MakeTemplateAsync(int sizeMiB)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"tmp-{sizeMiB.ToString(CultureInfo.InvariantCulture)}.ext4");
        var unfinished = Unfinished.NameFor(path);
        try
        {
            await Tool.RunAsync("truncate", ["-s", $"{sizeMiB.ToString(CultureInfo.InvariantCulture)}M", unfinished]);
            // No journal: nobody reads it after the VM. One inode per 16 KiB is mke2fs's default ratio; 993:990 is the function's user.
            await Tool.RunAsync("mke2fs",
            [
                "-q", "-F", "-t", "ext4", "-O", "^has_journal,^resize_inode", "-m", "0", "-U", Identity,
                "-E", $"lazy_itable_init=1,nodiscard,root_owner=993:990,hash_seed={Identity}", unfinished,
            ]);
            await Tool.RunAsync("debugfs", ["-w", "-R", "rmdir lost+found", unfinished]);
            File.Move(unfinished, path, overwrite: true);
            return path;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
