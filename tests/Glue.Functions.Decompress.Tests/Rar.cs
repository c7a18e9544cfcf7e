using System.Buffers.Binary;
using System.Text;

namespace Glue.Functions.Decompress.Tests;

/// <summary>
/// Writes rar archives with stored members, by the formats' own descriptions ("RAR version 4.x technical information" and "RAR 5.0 archive
/// format", rarlab.com): the distribution has no program that writes them.
/// </summary>
internal static class Rar
{
    private const byte Unix4 = 3;
    private const byte Unix5 = 1;

    public static byte[] Version4(IReadOnlyDictionary<string, byte[]> files)
    {
        var archive = new MemoryStream();
        archive.Write("Rar!\u001a\u0007\0"u8);
        Block4(archive, 0x73, 0, new byte[6], []);
        foreach (var (name, bytes) in files)
        {
            var utf8 = Encoding.UTF8.GetBytes(name);
            var head = new byte[25 + utf8.Length];
            BinaryPrimitives.WriteInt32LittleEndian(head, bytes.Length); // packed
            BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), bytes.Length);
            head[8] = Unix4;
            BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(9), Crc(bytes));
            BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(13), 0x5A21_0000); // a DOS time in 2025
            (head[17], head[18]) = (20, 0x30); // needs version 2.0, stored
            BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(19), (ushort)utf8.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(21), 0x81A4); // regular, 0644
            utf8.CopyTo(head, 25);
            Block4(archive, 0x74, 0x8000, head, bytes);
        }

        Block4(archive, 0x7B, 0x4000, [], []);
        return archive.ToArray();
    }

    public static byte[] Version5(IReadOnlyDictionary<string, byte[]> files)
    {
        var archive = new MemoryStream();
        archive.Write("Rar!\u001a\u0007\u0001\0"u8);
        Block5(archive, [1, 0, 0], []);
        foreach (var (name, bytes) in files)
        {
            var head = new MemoryStream();
            head.Write([2, 2]); // a file, with data behind it
            Number(head, bytes.Length);
            head.WriteByte(4); // the checksum is given
            Number(head, bytes.Length);
            Number(head, 0x81A4);
            var crc = new byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(crc, Crc(bytes));
            head.Write(crc);
            head.Write([0, Unix5]); // stored
            var utf8 = Encoding.UTF8.GetBytes(name);
            Number(head, utf8.Length);
            head.Write(utf8);
            Block5(archive, head.ToArray(), bytes);
        }

        Block5(archive, [5, 0, 0], []);
        return archive.ToArray();
    }

    private static void Block4(MemoryStream archive, byte type, ushort flags, byte[] head, byte[] data)
    {
        var block = new byte[7 + head.Length];
        block[2] = type;
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(3), flags);
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(5), (ushort)block.Length);
        head.CopyTo(block, 7);
        BinaryPrimitives.WriteUInt16LittleEndian(block, (ushort)Crc(block.AsSpan(2)));
        archive.Write(block);
        archive.Write(data);
    }

    private static void Block5(MemoryStream archive, byte[] head, byte[] data)
    {
        var sized = new MemoryStream();
        Number(sized, head.Length);
        sized.Write(head);
        var crc = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(crc, Crc(sized.ToArray()));
        archive.Write(crc);
        archive.Write(sized.ToArray());
        archive.Write(data);
    }

    /// <summary>Seven bits a byte, the lowest first; the eighth says that more follow.</summary>
    private static void Number(MemoryStream to, long value)
    {
        for (; value > 0x7F; value >>= 7)
        {
            to.WriteByte((byte)(value | 0x80));
        }

        to.WriteByte((byte)value);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }
}
