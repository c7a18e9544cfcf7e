using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Glue.Workers.Drivers.MicroVm.Native;
using Glue.Workers.Images;
using Glue.Workers.Runtimes;
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
    /// <param name="codeFolder">The unpacked code.</param>
    /// <param name="interpreter">What runs it; one with a folder of its own comes with the code.</param>
    public async Task<string> EnsureAsync(string codeFolder, Interpreter? interpreter)
    {
        var source = interpreter?.Source;
        var name = NameOf(source is null ? codeFolder : $"{codeFolder}\n{source}\n{interpreter}");
        var path = Path.Combine(folder, name + ".squashfs");
        if (File.Exists(path))
        {
            return path;
        }

        var making = _making.GetOrAdd(name, _ => new Lazy<Task<string>>(() => MakeAsync(codeFolder, source, path)));
        try
        {
            return await making.Value;
        }
        finally
        {
            _making.TryRemove(name, out _);
        }
    }

    private static string NameOf(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))[..32];

    private static async Task<string> MakeAsync(string codeFolder, string? interpreter, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var unfinished = Unfinished.NameFor(path);
        try
        {
            if (interpreter is null)
            {
                await Tool.RunAsync("mksquashfs", RootImage.SquashfsArguments(codeFolder, unfinished, "-all-root"));
            }
            else
            {
                await MakeWithAsync(codeFolder, interpreter, unfinished);
            }

            File.Move(unfinished, path, overwrite: true);
            return path;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>The code and, as <c>lang</c>, its interpreter's folder, which may have any name: tar gives it that one.</summary>
    private static Task<string> MakeWithAsync(string codeFolder, string interpreter, string image) => Tool.RunAsync(
        "/bin/bash",
        [
            "-o", "pipefail", "-c", """code=$1 lang=$2; shift 2; tar -cf - --transform 's,^\./,lang/,S;s,^\.$,lang,S' -C "$code" task opt -C "$lang" . | mksquashfs "$@" """, "bash",
            codeFolder, interpreter, .. RootImage.SquashfsArguments("-", image, "-tar", "-all-root", "-root-mode", "0755"),
        ]);
}
