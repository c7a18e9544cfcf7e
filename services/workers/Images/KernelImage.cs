using System.Buffers.Binary;

namespace Glue.Workers.Images;

/// <summary>
/// Takes the plain ELF kernel (vmlinux) out of a bzImage. A microVM enters it directly (PVH): no boot loader, no option ROM, and
/// above all no decompression, which an emulated processor would do anew at every boot.
/// </summary>
internal static class KernelImage
{
    private static ReadOnlySpan<byte> Elf => [0x7F, (byte)'E', (byte)'L', (byte)'F'];

    /// <exception cref="ImageBuildException">Not a bzImage, or packed in a way that is not known here.</exception>
    public static async Task UnpackAsync(string bzImagePath, string vmlinuxPath, CancellationToken cancellationToken)
    {
        // Boot protocol header (Documentation/arch/x86/boot.rst): setup sectors at 0x1F1, "HdrS" at 0x202, payload offset and
        // length at 0x248 and 0x24C, relative to the protected-mode code behind the setup sectors.
        var bzImage = await File.ReadAllBytesAsync(bzImagePath, cancellationToken);
        if (bzImage.Length < 0x260 || !bzImage.AsSpan(0x202, 4).SequenceEqual("HdrS"u8))
        {
            throw new ImageBuildException($"{bzImagePath} is no bzImage.");
        }

        var setupSectors = bzImage[0x1F1] == 0 ? 4 : bzImage[0x1F1];
        var start = ((setupSectors + 1) * 512) + BinaryPrimitives.ReadInt32LittleEndian(bzImage.AsSpan(0x248));
        var payload = bzImage.AsMemory(start, BinaryPrimitives.ReadInt32LittleEndian(bzImage.AsSpan(0x24C)));
        var packed = vmlinuxPath + ".packed";
        try
        {
            var (tool, trailer) = Unpacker(payload.Span);
            await File.WriteAllBytesAsync(packed, payload[..^trailer], cancellationToken);
            await Tool.RunAsync("/bin/sh", ["-c", "exec \"$1\" -dc <\"$2\" >\"$3\"", "sh", tool, packed, vmlinuxPath], cancellationToken: cancellationToken);
        }
        finally
        {
            File.Delete(packed);
        }

        await using var kernel = File.OpenRead(vmlinuxPath);
        var magic = new byte[4];
        if (await kernel.ReadAtLeastAsync(magic, 4, throwOnEndOfStream: false, cancellationToken) < 4 || !Elf.SequenceEqual(magic))
        {
            throw new ImageBuildException($"The kernel inside {bzImagePath} is not an ELF file.");
        }
    }

    /// <summary>The tool for a payload, and how many bytes the kernel's build appended (its unpacked size; gzip has that in its own trailer).</summary>
    private static (string Tool, int Trailer) Unpacker(ReadOnlySpan<byte> payload) => BinaryPrimitives.ReadUInt32LittleEndian(payload) switch
    {
        0xFD2FB528 => ("zstd", 4),
        0x184C2102 => ("lz4", 4),
        0x587A37FD => ("xz", 4),
        var magic when (magic & 0xFFFF) == 0x8B1F => ("gzip", 0),
        var magic => throw new ImageBuildException($"The kernel is packed in an unknown way (magic {magic:x8})."),
    };
}
