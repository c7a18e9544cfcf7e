using System.Buffers.Binary;

namespace Glue.Functions.Decompress.Zip;

/// <summary>One entry of a zip's directory.</summary>
/// <param name="Name">Decoded.</param>
/// <param name="IsDeflated">Else it is stored.</param>
/// <param name="Checksum">CRC-32 of its content.</param>
/// <param name="PackedBytes">As it lies in the zip.</param>
/// <param name="Bytes">Of its content.</param>
/// <param name="Position">Of its local header, in the source.</param>
/// <param name="LeastEnd">Its end if its local header has no extra fields.</param>
internal sealed record ZipMember(string Name, bool IsDeflated, uint Checksum, long PackedBytes, long Bytes, long Position, long LeastEnd)
{
    public const int LocalHeaderBytes = 30;

    private const int EntryBytes = 46;
    private const long MostBytes = 1L << 56;
    private const int HarmlessFlags = 0x080E; // how well it is deflated, sizes behind the data, name in UTF-8
    private const ushort Zip64 = 1; // ids of extra fields
    private const ushort UnicodeName = 0x7075;
    private const ushort LocalCopy = 0x6C78; // "xl": libarchive's own, with the local header's mode

    public bool IsFolder => Name.EndsWith('/');

    /// <param name="entry">As it stands in the directory.</param>
    /// <param name="name">Of the entry.</param>
    /// <param name="decode">The name's bytes to text.</param>
    /// <param name="shift">Bytes before the zip's own beginning.</param>
    /// <returns>Null unless it is plain: a file or folder, stored or deflated, not encrypted, from DOS or Unix, its name without tricks.</returns>
    public static ZipMember? Read(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> name, Func<ReadOnlySpan<byte>, string> decode, long shift)
    {
        var method = U16(entry[10..]);
        long packed = U32(entry[20..]), bytes = U32(entry[24..]), offset = U32(entry[42..]);
        var isPlain = (U16(entry[8..]) & ~HarmlessFlags) == 0 && method is 0 or 8 && U16(entry[34..]) == 0
            && name.Length > 0 && !name.ContainsAny((byte)0, (byte)'\\') && IsFileOrFolder(entry[5], U32(entry[38..]), name[^1] == '/')
            && ReadExtra(entry.Slice(EntryBytes + name.Length, U16(entry[30..])), ref packed, ref bytes, ref offset)
            && (method == 8 || packed == bytes);
        var position = offset + shift;
        return isPlain ? new(decode(name), method == 8, U32(entry[16..]), packed, bytes, position, position + LocalHeaderBytes + name.Length + packed) : null;
    }

    private static bool IsFileOrFolder(byte madeBy, uint attributes, bool isFolder) => madeBy switch
    {
        0 => (attributes & 0x10) == 0 || isFolder, // DOS: FILE_ATTRIBUTE_DIRECTORY
        3 => (attributes >> 28) is 0 || (attributes >> 28) == (isFolder ? 4u : 8u), // Unix: S_IFDIR, S_IFREG
        _ => false,
    };

    /// <summary>The three numbers where they have 64 bits (4.5.3): each that is all ones before, in this order.</summary>
    private static bool ReadExtra(ReadOnlySpan<byte> extra, ref long packed, ref long bytes, ref long offset)
    {
        while (extra.Length >= 4)
        {
            var (id, length) = (U16(extra), U16(extra[2..]));
            if (length > extra.Length - 4 || id is UnicodeName or LocalCopy)
            {
                return false;
            }

            var field = extra.Slice(4, length);
            if (id == Zip64 && !(Read64(ref field, ref bytes) && Read64(ref field, ref packed) && Read64(ref field, ref offset)))
            {
                return false;
            }

            extra = extra[(4 + length)..];
        }

        // No field of 64 bits, or one that is not of this world: libarchive says what it thinks of it.
        return packed is >= 0 and < MostBytes && bytes is >= 0 and < MostBytes && offset is >= 0 and < MostBytes
            && packed != uint.MaxValue && bytes != uint.MaxValue && offset != uint.MaxValue;
    }

    private static bool Read64(ref ReadOnlySpan<byte> field, ref long value)
    {
        if (value != uint.MaxValue)
        {
            return true;
        }

        if (field.Length < 8)
        {
            return false;
        }

        value = BinaryPrimitives.ReadInt64LittleEndian(field);
        field = field[8..];
        return true;
    }

    private static ushort U16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint U32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
