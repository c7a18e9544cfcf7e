using System.Buffers.Binary;

namespace Glue.Functions.Decompress.Zip;

/// <summary>A zip's directory, which stands at its end. (PKWARE APPNOTE 6.3.10, 4.3 and 4.4.)</summary>
internal sealed class ZipDirectory
{
    private const uint EndSignature = 0x06054b50;
    private const uint End64Signature = 0x06064b50;
    private const uint End64LocatorSignature = 0x07064b50;
    private const uint EntrySignature = 0x02014b50;
    private const int EndBytes = 22;
    private const int End64Bytes = 56;
    private const int LocatorBytes = 20;
    private const int EntryBytes = 46;
    private const int MostComment = 65_535;
    private const long MostDirectory = 256L * 1024 * 1024;
    private const long MostPlain = 8L * 1024 * 1024;

    private readonly long _position; // in the source
    private readonly long _offset; // where it says that it is: less, when the zip has a program before it
    private readonly long _bytes;

    private ZipDirectory(long position, long offset, long bytes) => (_position, _offset, _bytes) = (position, offset, bytes);

    private delegate bool Entry(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> name);

    /// <param name="source">Can seek; is left at its beginning.</param>
    /// <exception cref="InvalidDataException">The directory is not there: libarchive would go by what it meets and miss that the end is.</exception>
    public static ZipDirectory Find(Stream source)
    {
        try
        {
            return FindEnd(source) ?? throw new InvalidDataException("the zip's directory, which stands at its end, is missing");
        }
        finally
        {
            source.Position = 0;
        }
    }

    /// <summary>
    /// Leaves out of a zip what is not wanted, without reading it: the members' bytes stay where they are, and the directory is replaced by
    /// one that lists only the wanted ones. libarchive then goes to those alone, by ranged reads.
    /// </summary>
    /// <param name="source">Can seek; is left at its beginning.</param>
    /// <param name="wanted">By the name's bytes.</param>
    public Stream Select(Stream source, Func<ReadOnlySpan<byte>, bool> wanted)
    {
        using var kept = new MemoryStream();
        long count = 0;
        var isWhole = Read(source, (entry, name) =>
        {
            if (wanted(UnicodePath.NameOf(entry, name)))
            {
                kept.Write(entry);
                count++;
            }

            return true;
        });
        if (!isWhole)
        {
            throw new InvalidDataException($"the zip's directory breaks off after {count} wanted members");
        }

        source.Position = 0;
        WriteEnd(kept, _offset, count);
        return new OverlayStream(source, _position, kept.ToArray());
    }

    /// <summary>The members in the order in which they lie.</summary>
    /// <param name="source">Can seek; is left at its beginning.</param>
    /// <param name="decode">The name's bytes to text.</param>
    /// <returns>Null unless all of them are plain (<see cref="ZipMember.Read"/>), none lies in another, and they are not too many to be kept.</returns>
    public List<ZipMember>? ReadPlain(Stream source, Func<ReadOnlySpan<byte>, string> decode)
    {
        var members = new List<ZipMember>();
        var isPlain = _bytes <= MostPlain && Read(source, (entry, name) =>
        {
            var member = ZipMember.Read(entry, name, decode, _position - _offset);
            if (member is not null)
            {
                members.Add(member);
            }

            return member is not null;
        });
        source.Position = 0;
        members.Sort(static (a, b) => a.Position.CompareTo(b.Position));
        for (var i = 0; i < members.Count; i++)
        {
            isPlain &= members[i].LeastEnd <= (i + 1 < members.Count ? members[i + 1].Position : _position);
        }

        return isPlain ? members : null;
    }

    private static ZipDirectory? FindEnd(Stream source)
    {
        var tail = new byte[Math.Min(source.Length, EndBytes + MostComment + LocatorBytes + End64Bytes)];
        source.Position = source.Length - tail.Length;
        source.ReadExactly(tail);
        for (var at = tail.Length - EndBytes; at >= 0; at--)
        {
            var end = tail.AsSpan(at);
            if (U32(end) != EndSignature || EndBytes + U16(end[20..]) > end.Length)
            {
                continue;
            }

            var position = source.Length - tail.Length + at;
            if (at >= LocatorBytes && U32(tail.AsSpan(at - LocatorBytes)) == End64LocatorSignature)
            {
                return ReadEnd64(source, (long)U64(tail.AsSpan(at - LocatorBytes + 8)), position);
            }

            var (bytes, offset) = (U32(end[12..]), U32(end[16..]));
            return Check(position - bytes, offset, bytes);
        }

        return null;
    }

    private static ZipDirectory? ReadEnd64(Stream source, long at, long end)
    {
        if (at < 0 || at > end - End64Bytes)
        {
            return null;
        }

        Span<byte> record = stackalloc byte[End64Bytes];
        source.Position = at;
        source.ReadExactly(record);
        var (bytes, offset) = ((long)U64(record[40..]), (long)U64(record[48..]));
        return U32(record) == End64Signature && offset <= at ? Check(offset, offset, bytes) : null;
    }

    private static ZipDirectory? Check(long position, long offset, long bytes) =>
        bytes is >= 0 and <= MostDirectory && offset >= 0 && position >= offset ? new(position, offset, bytes) : null;

    /// <param name="source">The zip.</param>
    /// <param name="read">Returns whether to go on.</param>
    /// <returns>False when it breaks off, or was to end.</returns>
    private bool Read(Stream source, Entry read)
    {
        source.Position = _position;
        var directory = new BufferedStream(source, 64 * 1024);
        var entry = new byte[EntryBytes + (3 * MostComment)];
        for (var left = _bytes; left > 0;)
        {
            if (left < EntryBytes || directory.ReadAtLeast(entry.AsSpan(0, EntryBytes), EntryBytes, throwOnEndOfStream: false) < EntryBytes || U32(entry) != EntrySignature)
            {
                return false;
            }

            var nameBytes = U16(entry.AsSpan(28));
            var length = EntryBytes + nameBytes + U16(entry.AsSpan(30)) + U16(entry.AsSpan(32));
            if (length > left || directory.ReadAtLeast(entry.AsSpan(EntryBytes, length - EntryBytes), length - EntryBytes, throwOnEndOfStream: false) < length - EntryBytes)
            {
                return false;
            }

            left -= length;
            if (!read(entry.AsSpan(0, length), entry.AsSpan(EntryBytes, nameBytes)))
            {
                return false;
            }
        }

        return true;
    }

    private static void WriteEnd(MemoryStream directory, long offset, long count)
    {
        var bytes = directory.Length;
        var is64 = count >= ushort.MaxValue || offset >= uint.MaxValue;
        if (is64)
        {
            Span<byte> record = stackalloc byte[End64Bytes + LocatorBytes];
            record.Clear();
            BinaryPrimitives.WriteUInt32LittleEndian(record, End64Signature);
            BinaryPrimitives.WriteInt64LittleEndian(record[4..], End64Bytes - 12);
            BinaryPrimitives.WriteUInt16LittleEndian(record[12..], 45); // made by and needs version 4.5
            BinaryPrimitives.WriteUInt16LittleEndian(record[14..], 45);
            BinaryPrimitives.WriteInt64LittleEndian(record[24..], count);
            BinaryPrimitives.WriteInt64LittleEndian(record[32..], count);
            BinaryPrimitives.WriteInt64LittleEndian(record[40..], bytes);
            BinaryPrimitives.WriteInt64LittleEndian(record[48..], offset);
            var locator = record[End64Bytes..];
            BinaryPrimitives.WriteUInt32LittleEndian(locator, End64LocatorSignature);
            BinaryPrimitives.WriteInt64LittleEndian(locator[8..], offset + bytes);
            BinaryPrimitives.WriteUInt32LittleEndian(locator[16..], 1);
            directory.Write(record);
        }

        Span<byte> end = stackalloc byte[EndBytes];
        end.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(end, EndSignature);
        BinaryPrimitives.WriteUInt16LittleEndian(end[8..], is64 ? ushort.MaxValue : (ushort)count);
        BinaryPrimitives.WriteUInt16LittleEndian(end[10..], is64 ? ushort.MaxValue : (ushort)count);
        BinaryPrimitives.WriteUInt32LittleEndian(end[12..], is64 ? uint.MaxValue : (uint)bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(end[16..], is64 ? uint.MaxValue : (uint)offset);
        directory.Write(end);
    }

    private static ushort U16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint U32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static ulong U64(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);
}
