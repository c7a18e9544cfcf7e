using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Glue.Foundation.Checksums;

namespace Glue.Dispatcher.Functions;

/// <summary>
/// Checks a deployment zip before it is kept: it is a zip, whole, of bounded size and number of entries, and nothing in it can
/// land or point outside the folder it is unpacked into.
/// </summary>
internal static class DeploymentZip
{
    /// <summary>Direct upload (Lambda quotas, read 2026-11).</summary>
    public const int MaxZipBytes = 50 * 1024 * 1024;

    /// <summary>Unpacked (Lambda quotas, read 2026-11).</summary>
    public const long MaxUnpackedBytes = 250L * 1024 * 1024;

    /// <summary>More needs the zip64 format; nobody unpacks that many files in a cold start.</summary>
    public const int MaxEntries = 65_534;

    private const string NotAZip = "Could not unzip uploaded file. Please check your file, then try to upload again.";
    private const int UnixTypeMask = 0xF000;
    private const int UnixLink = 0xA000;
    private const int MaxLinkBytes = 4096;

    /// <returns>Bytes when unpacked.</returns>
    /// <exception cref="BadCodeException">It is not usable.</exception>
    public static long Check(ReadOnlyMemory<byte> zip)
    {
        var entries = CountEntries(zip.Span);
        if (entries > MaxEntries)
        {
            throw new BadCodeException($"The deployment package has more than {MaxEntries} files.");
        }

        try
        {
            using var archive = new ZipArchive(new ReadOnlyMemoryStream(zip), ZipArchiveMode.Read);
            return Check(archive);
        }
        catch (InvalidDataException e)
        {
            throw new BadCodeException($"{NotAZip} ({e.Message})", e);
        }
    }

    /// <summary>
    /// From the end record, before anything is allocated for the entries (APPNOTE.TXT 4.3.16). A number that lies is caught by
    /// the reader, which compares it with what it finds.
    /// </summary>
    private static int CountEntries(ReadOnlySpan<byte> zip)
    {
        const int endRecordBytes = 22;
        var tail = zip.Length > endRecordBytes + ushort.MaxValue ? zip[^(endRecordBytes + ushort.MaxValue)..] : zip;
        var end = tail.LastIndexOf("PK\u0005\u0006"u8);
        return end >= 0 && tail.Length - end >= endRecordBytes
            ? BinaryPrimitives.ReadUInt16LittleEndian(tail[(end + 10)..])
            : throw new BadCodeException(NotAZip);
    }

    private static long Check(ZipArchive archive)
    {
        var paths = new ZipPaths();
        var scratch = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            if (archive.Entries.Count == 0)
            {
                throw new BadCodeException("Uploaded file must be a non-empty zip.");
            }

            if (archive.Entries.Sum(static entry => (decimal)entry.Length) > MaxUnpackedBytes)
            {
                throw TooLarge();
            }

            var left = MaxUnpackedBytes;
            foreach (var entry in archive.Entries)
            {
                if (entry.IsEncrypted)
                {
                    throw new BadCodeException($"'{entry.FullName}' is encrypted; deployment packages must not be.");
                }

                var isLink = ((entry.ExternalAttributes >> 16) & UnixTypeMask) == UnixLink;
                paths.Add(entry.FullName, isLink ? ReadLink(entry) : null);
                left -= Unpack(entry, scratch, left);
            }

            paths.Check();
            return MaxUnpackedBytes - left;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    /// <summary>
    /// Unpacks to nowhere: sizes in the directory may lie, and a damaged file is better found now than at a cold start. The checksum is compared because the
    /// reader stops at the size that the directory says, however much more there is.
    /// </summary>
    private static long Unpack(ZipArchiveEntry entry, byte[] scratch, long limit)
    {
        using var content = entry.Open();
        var (total, crc) = (0L, 0UL);
        int read;
        while ((read = content.Read(scratch)) > 0)
        {
            total += read;
            crc = Crc.Crc32.Append(crc, scratch.AsSpan(0, read));
            if (total > limit)
            {
                throw TooLarge();
            }
        }

        return total == entry.Length && crc == entry.Crc32 ? total : throw new BadCodeException($"{NotAZip} ('{entry.FullName}' is not what the zip's directory says)");
    }

    private static string ReadLink(ZipArchiveEntry entry)
    {
        if (entry.Length > MaxLinkBytes)
        {
            throw new BadCodeException($"The link '{entry.FullName}' has a target longer than {MaxLinkBytes} bytes.");
        }

        using var content = new StreamReader(entry.Open());
        return content.ReadToEnd();
    }

    private static BadCodeException TooLarge() => new($"Unzipped size must be smaller than {MaxUnpackedBytes} bytes");

    /// <summary>A stream over memory that may not be an array of its own.</summary>
    private sealed class ReadOnlyMemoryStream(ReadOnlyMemory<byte> bytes) : Stream
    {
        private int _position;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => bytes.Length;

        public override long Position
        {
            get => _position;
            set => _position = value >= 0 && value <= bytes.Length ? (int)value : throw new InvalidDataException("an offset points outside of the file");
        }

        public override int Read(Span<byte> buffer)
        {
            var count = Math.Min(buffer.Length, bytes.Length - _position);
            bytes.Span.Slice(_position, count).CopyTo(buffer);
            _position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => bytes.Length + offset,
        };

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
