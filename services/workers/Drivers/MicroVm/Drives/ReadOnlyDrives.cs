using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Glue.Workers.Drivers.MicroVm.Native;
using Glue.Workers.Images;
using Glue.Workers.Runtimes;
using Microsoft.Win32.SafeHandles;

namespace Glue.Workers.Drivers.MicroVm.Drives;

/// <summary>
/// Folders as read-only drives, each made once and kept beside the unpacked code: the code of functions, and the interpreters that are not part
/// of the root image, one drive for all functions that run on one.
/// </summary>
/// <param name="folder">Where the images are kept.</param>
internal sealed class ReadOnlyDrives(string folder)
{
    /// <summary>More than any code (250 MB unpacked) or interpreter can need.</summary>
    private const long PlaceholderBytes = 1L << 30;

    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _making = new(StringComparer.Ordinal);

    /// <summary>What a guest gets that has no function yet: it remembers the size, and the real drive must not be larger.</summary>
    public static SafeFileHandle Placeholder()
    {
        using var memory = Descriptor.Memory("drive-placeholder", PlaceholderBytes);
        return Descriptor.Reopen(memory, Posix.O_RDONLY); // QEMU insists on a read-only descriptor for a read-only drive
    }

    /// <summary>The drive of an unpacked code folder. The folder's path names the code: the cache it is from never changes one.</summary>
    public Task<SafeFileHandle> OpenCodeAsync(string codeFolder) => OpenAsync([codeFolder], codeFolder);

    /// <summary>The drive of an interpreter's folder; null when the sandbox has it anyway. Another version in the same folder is another drive.</summary>
    public async Task<SafeFileHandle?> OpenAsync(Interpreter? interpreter) =>
        interpreter?.Source is not { } source ? null
        : await OpenAsync(interpreter.Language.Parts is { Count: > 0 } parts ? [.. parts.Select(each => Path.Combine(source, each))] : [source], $"{source}\n{interpreter}");

    private async Task<SafeFileHandle> OpenAsync(string[] sources, string content)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))[..32];
        var path = Path.Combine(folder, name + ".squashfs");
        if (!File.Exists(path))
        {
            var making = _making.GetOrAdd(name, _ => new Lazy<Task<string>>(() => MakeAsync(sources, path)));
            try
            {
                await making.Value;
            }
            finally
            {
                _making.TryRemove(name, out _);
            }
        }

        return Descriptor.Open(path, Posix.O_RDONLY);
    }

    private static async Task<string> MakeAsync(string[] sources, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var unfinished = Unfinished.NameFor(path);
        try
        {
            await Tool.RunAsync("mksquashfs", RootImage.SquashfsArguments(sources, unfinished, "-all-root", "-root-mode", "0755"));
            if (new FileInfo(unfinished).Length > PlaceholderBytes)
            {
                throw new ImageBuildException($"{string.Join(", ", sources)} takes more than {PlaceholderBytes >> 20} MiB, packed; a microVM's drive holds no more.");
            }

            File.Move(unfinished, path, overwrite: true);
            return path;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
