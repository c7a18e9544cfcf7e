using System.Buffers.Binary;

namespace Glue.Functions.Decompress.Archives;

/// <summary>
/// Frames for programs' own notes, as pzstd writes them before every piece (RFC 8878, 3.1.2; the lz4 frame format has the same).
/// Between frames the decoders pass over them; before the first one libarchive 3.6 does not know zstd by them.
/// </summary>
internal static class SkippableFrames
{
    private const int HeaderBytes = 8;

    /// <param name="source">Can seek; is left where the frames end.</param>
    /// <param name="start">Its first bytes.</param>
    /// <returns>Where the first other frame begins; 0 where none comes before it, or nothing that is compressed so behind it.</returns>
    public static long Skip(Stream source, ReadOnlySpan<byte> start)
    {
        long end = 0;
        Span<byte> next = stackalloc byte[HeaderBytes];
        next = next[..Math.Min(next.Length, start.Length)];
        start[..next.Length].CopyTo(next);
        while (IsHeader(next))
        {
            end += HeaderBytes + BinaryPrimitives.ReadUInt32LittleEndian(next[4..]);
            if (end >= source.Length)
            {
                return 0;
            }

            source.Position = end;
            next = next[..source.ReadAtLeast(next, next.Length, throwOnEndOfStream: false)];
        }

        source.Position = end;
        return end > 0 && Compression.HasFrames(next) ? end : 0;
    }

    private static bool IsHeader(ReadOnlySpan<byte> bytes) => bytes is [>= 0x50 and <= 0x5F, 0x2A, 0x4D, 0x18, _, _, _, _];
}
