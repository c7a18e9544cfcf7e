using System.Buffers.Binary;
using System.IO.Compression;

namespace Glue.Host.FunctionalTests;

/// <summary>Pictures for the thumbnail function.</summary>
internal static class Picture
{
    private static readonly Lazy<Task<byte[]>> Made = new(MakeAsync);

    /// <summary>A real JPEG, 640 × 480, made once by ImageMagick.</summary>
    public static Task<byte[]> JpegAsync() => Made.Value;

    /// <summary>Cut in the middle of its data.</summary>
    public static async Task<byte[]> TruncatedAsync() => (await JpegAsync())[..^4000];

    /// <summary>A PNG that is as large as its header says, and a few bytes on the wire.</summary>
    public static byte[] Bomb(uint width, uint height)
    {
        byte[] header = [.. "IHDR"u8, 0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), width);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(8), height);
        using var data = new MemoryStream();
        data.Write("IDAT"u8);
        using (var deflate = new ZLibStream(data, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(new byte[100_000]);
        }

        return [0x89, .. "PNG\r\n\x1A\n"u8, .. Chunk(header), .. Chunk(data.ToArray()), .. Chunk([.. "IEND"u8])];
    }

    /// <summary>Width and height, as ImageMagick reads them.</summary>
    public static async Task<(int Width, int Height, string Format)> LookAsync(string file)
    {
        var words = (await Cli.RunAsync("identify", ["-format", "%w %h %m", file])).Expect().Split(' ');
        return (int.Parse(words[0]), int.Parse(words[1]), words[2]);
    }

    private static async Task<byte[]> MakeAsync()
    {
        using var folder = new TempFolder();
        (await Cli.RunAsync("convert", ["-size", "640x480", "plasma:red-blue", "-quality", "85", folder["made.jpg"]])).Expect();
        return await File.ReadAllBytesAsync(folder["made.jpg"]);
    }

    private static byte[] Chunk(byte[] typeAndData)
    {
        var chunk = new byte[typeAndData.Length + 8];
        BinaryPrimitives.WriteInt32BigEndian(chunk, typeAndData.Length - 4);
        typeAndData.CopyTo(chunk, 4);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Crc(typeAndData));
        return chunk;
    }

    private static uint Crc(byte[] data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
            }
        }

        return ~crc;
    }
}
