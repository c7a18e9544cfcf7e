using System.Buffers.Binary;
using System.IO.Compression;

namespace Glue.Functions.Decompress.Tests;

/// <summary>Members of gzip files with headers that no tool at hand writes.</summary>
internal static class GzipFile
{
    private const byte Text = 1; // flags, RFC 1952, 2.3.1
    private const byte HeaderChecksum = 2;
    private const byte Extra = 4;
    private const byte Name = 8;
    private const byte Comment = 16;
    private const int FixedHeaderBytes = 10;

    public static byte[] Member(ReadOnlySpan<byte> content) => Compress(content);

    /// <summary>With text flag, time, extra field, name, comment and a checksum of the header.</summary>
    public static byte[] MemberWithEveryField(ReadOnlySpan<byte> content)
    {
        byte[] header =
        [
            0x1F, 0x8B, 8, Text | HeaderChecksum | Extra | Name | Comment, 1, 2, 3, 4, 2, 3,
            7, 0, .. "AB\u0003\0xyz"u8, .. "a name.csv\0"u8, .. "and\na comment\0"u8,
        ];
        return [.. header, .. Compress(header)[^8..^6], .. Compress(content)[FixedHeaderBytes..]];
    }

    /// <summary>As bgzip writes them: the member's size less one stands in an extra field.</summary>
    public static byte[] BlockOfBgzip(ReadOnlySpan<byte> content)
    {
        var rest = Compress(content)[FixedHeaderBytes..];
        byte[] header = [0x1F, 0x8B, 8, Extra, 0, 0, 0, 0, 0, 0xFF, 6, 0, (byte)'B', (byte)'C', 2, 0, 0, 0];
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(16), (ushort)(header.Length + rest.Length - 1));
        return [.. header, .. rest];
    }

    /// <summary>One member of <paramref name="times"/> times 32 MiB of zeros.</summary>
    public static Stream Zeros(int times, uint checksum)
    {
        using var one = new MemoryStream();
        using var deflate = new DeflateStream(one, CompressionLevel.Optimal);
        deflate.Write(new byte[32 << 20]);
        deflate.Flush();
        var blocks = one.ToArray(); // none of them is the last
        var file = new MemoryStream();
        file.Write([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]);
        for (var i = 0; i < times; i++)
        {
            file.Write(blocks);
        }

        Span<byte> end = [3, 0, 0, 0, 0, 0, 0, 0, 0, 0]; // an empty last block
        BinaryPrimitives.WriteUInt32LittleEndian(end[2..], checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(end[6..], unchecked((uint)times * (32 << 20)));
        file.Write(end);
        file.Position = 0;
        return file;
    }

    private static byte[] Compress(ReadOnlySpan<byte> content)
    {
        using var file = new MemoryStream();
        using (var gzip = new GZipStream(file, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        // Of no content GZipStream makes no file.
        return content.IsEmpty ? [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0] : file.ToArray();
    }
}
