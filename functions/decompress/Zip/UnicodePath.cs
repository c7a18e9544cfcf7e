using System.Buffers.Binary;
using Glue.Functions.Decompress.Archives;

namespace Glue.Functions.Decompress.Zip;

/// <summary>A member's name in UTF-8 beside one in another encoding: the extra field "up" (APPNOTE 4.6.9).</summary>
internal static class UnicodePath
{
    private const ushort Id = 0x7075;
    private const int EntryBytes = 46;
    private const int FieldHeaderBytes = 5; // version, CRC-32 of the other name

    /// <param name="entry">As it stands in the directory.</param>
    /// <param name="name">Of the entry.</param>
    /// <returns>The name that libarchive goes by: the field's when it is about this name, else the entry's.</returns>
    public static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> name)
    {
        var extra = entry.Slice(EntryBytes + name.Length, U16(entry[30..]));
        while (extra.Length >= 4 && U16(extra[2..]) <= extra.Length - 4)
        {
            var field = extra.Slice(4, U16(extra[2..]));
            if (U16(extra) == Id && field.Length > FieldHeaderBytes && field[0] == 1
                && BinaryPrimitives.ReadUInt32LittleEndian(field[1..]) == Checksum(name))
            {
                return field[FieldHeaderBytes..];
            }

            extra = extra[(4 + field.Length)..];
        }

        return name;
    }

    private static unsafe uint Checksum(ReadOnlySpan<byte> name)
    {
        fixed (byte* bytes = name)
        {
            return IsalNative.Checksum(0, bytes, (ulong)name.Length);
        }
    }

    private static ushort U16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);
}
