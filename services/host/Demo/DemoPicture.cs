using System.Buffers.Binary;
using System.IO.Compression;

namespace Glue.Host.Demo;

/// <summary>The picture of a demo without files: a sunrise over hills, 1600 × 1200, as PNG.</summary>
internal static class DemoPicture
{
    private const int Width = 1600;
    private const int Height = 1200;

    public static byte[] Make()
    {
        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a]);

        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], Height);
        header[8] = 8; // bits per channel
        header[9] = 2; // RGB
        WriteChunk(png, "IHDR"u8, header);

        using var compressed = new MemoryStream();
        using (var deflate = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var row = new byte[1 + (Width * 3)]; // leading 0: no filter
            for (var y = 0; y < Height; y++)
            {
                for (var x = 0; x < Width; x++)
                {
                    Paint(x, y, row.AsSpan(1 + (x * 3), 3));
                }

                deflate.Write(row);
            }
        }

        WriteChunk(png, "IDAT"u8, compressed.ToArray());
        WriteChunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    private static void Paint(int x, int y, Span<byte> rgb)
    {
        var far = 780 + (60 * Math.Sin(x / 190.0)) + (25 * Math.Sin(x / 47.0));
        var near = 930 + (80 * Math.Sin((x / 260.0) + 2)) + (12 * Math.Sin(x / 31.0));
        var fromSun = Math.Sqrt(Math.Pow(x - 1050, 2) + Math.Pow(y - 620, 2));
        var (red, green, blue) = (x, y) switch
        {
            _ when y > near => (28.0, 44.0, 38.0),
            _ when y > far => (74.0, 70.0, 84.0),
            _ when fromSun < 110 => (255.0, 236.0, 180.0),
            _ => (70 + (y * 0.22), 90 + (y * 0.10), 170 - (y * 0.07)),
        };
        var glow = y > far ? 0 : Math.Max(0, 1 - (fromSun / 700));
        rgb[0] = (byte)Math.Min(255, red + (120 * glow));
        rgb[1] = (byte)Math.Min(255, green + (70 * glow));
        rgb[2] = (byte)Math.Min(255, blue + (10 * glow));
    }

    private static void WriteChunk(MemoryStream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(type);
        png.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(data, Crc(type, uint.MaxValue)) ^ uint.MaxValue);
        png.Write(number);
    }

    /// <summary>PNG's CRC-32 (ISO 3309), a bit at a time: one small picture needs no table.</summary>
    private static uint Crc(ReadOnlySpan<byte> data, uint crc)
    {
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
            }
        }

        return crc;
    }
}
