using System.Runtime.InteropServices;

namespace Glue.Functions.Decompress.Archives;

/// <summary>The part of ISA-L 2 (isa-l/igzip_lib.h) that inflating takes.</summary>
internal static unsafe partial class IsalNative
{
    public const int Ok = 0;
    public const int EndOfInput = 1;
    public const int InvalidBlock = -1;
    public const int InvalidSymbol = -2;
    public const int InvalidLookback = -3;
    public const int InvalidWrapper = -4;
    public const int UnsupportedMethod = -5;
    public const int IncorrectChecksum = -6;

    /// <summary>ISAL_BLOCK_FINISH: all is handed out, the trailer is read.</summary>
    public const int Finished = 5;

    /// <summary>ISAL_GZIP_NO_HDR: nothing is around the deflated data; their CRC-32 is calculated.</summary>
    public const uint Nothing = 2;

    /// <summary>ISAL_GZIP_NO_HDR_VER: the header was read before; the trailer is compared.</summary>
    public const uint GzipTrailer = 6;

    /// <summary>More than the struct isal_gzip_header has (72 in 2.30 and 2.31): only ISA-L looks into it.</summary>
    public const int HeaderBytes = 256;

    private const string Isal = "libisal.so.2";

    [LibraryImport(Isal, EntryPoint = "isal_inflate_init")]
    public static partial void Initialize(State* state);

    [LibraryImport(Isal, EntryPoint = "isal_gzip_header_init")]
    public static partial void InitializeHeader(byte* header);

    [LibraryImport(Isal, EntryPoint = "isal_read_gzip_header")]
    public static partial int ReadHeader(State* state, byte* header);

    [LibraryImport(Isal, EntryPoint = "isal_inflate")]
    public static partial int Inflate(State* state);

    /// <summary>CRC-32 of zip and gzip.</summary>
    [LibraryImport(Isal, EntryPoint = "crc32_gzip_refl")]
    public static partial uint Checksum(uint before, byte* bytes, ulong length);

    /// <summary>
    /// struct inflate_state: the fields that callers set and read; between and behind them are ISA-L's tables. The offsets are those of 2.30
    /// and 2.31 on 64-bit machines; <see cref="ArchiveLibrary.Start"/> finds out if a release has others. It has 87,368 bytes there.
    /// </summary>
    [StructLayout(LayoutKind.Explicit, Size = 128 * 1024)]
    public struct State
    {
        [FieldOffset(0)] public byte* NextOut;
        [FieldOffset(8)] public uint AvailableOut;
        [FieldOffset(16)] public byte* NextIn;
        [FieldOffset(32)] public uint AvailableIn;
        [FieldOffset(21_160)] public int BlockState;
        [FieldOffset(21_172)] public uint Wrapping; // crc_flag
        [FieldOffset(21_176)] public uint Checksum; // crc
    }
}
