using System.Runtime.InteropServices;

[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.System32)] // the loader's own search, nothing from the function's folder

namespace Glue.Functions.Transform.Compressing;

/// <summary>The streaming part of libzstd 1.4 and later (zstd.h).</summary>
internal static unsafe partial class ZstdNative
{
    public const int Continue = 0; // ZSTD_e_continue
    public const int End = 2; // ZSTD_e_end
    public const int ChecksumFlag = 201; // ZSTD_c_checksumFlag

    private const string Zstd = "libzstd.so.1";

    [StructLayout(LayoutKind.Sequential)]
    public struct Buffer
    {
        public byte* Bytes;
        public nuint Size;
        public nuint Position;
    }

    [LibraryImport(Zstd, EntryPoint = "ZSTD_createCCtx")]
    public static partial nint NewCompressor();

    [LibraryImport(Zstd, EntryPoint = "ZSTD_freeCCtx")]
    public static partial nuint FreeCompressor(nint context);

    [LibraryImport(Zstd, EntryPoint = "ZSTD_CCtx_setParameter")]
    public static partial nuint SetParameter(nint context, int parameter, int value);

    [LibraryImport(Zstd, EntryPoint = "ZSTD_compressStream2")]
    public static partial nuint Compress(nint context, Buffer* output, Buffer* input, int operation);

    [LibraryImport(Zstd, EntryPoint = "ZSTD_createDCtx")]
    public static partial nint NewDecompressor();

    [LibraryImport(Zstd, EntryPoint = "ZSTD_freeDCtx")]
    public static partial nuint FreeDecompressor(nint context);

    [LibraryImport(Zstd, EntryPoint = "ZSTD_decompressStream")]
    public static partial nuint Decompress(nint context, Buffer* output, Buffer* input);

    [LibraryImport(Zstd, EntryPoint = "ZSTD_isError")]
    public static partial uint IsError(nuint result);

    [LibraryImport(Zstd, EntryPoint = "ZSTD_getErrorName")]
    public static partial byte* ErrorName(nuint result);

    /// <exception cref="InvalidDataException">libzstd refused.</exception>
    public static nuint Check(nuint result) => IsError(result) == 0
        ? result
        : throw new InvalidDataException("zstd: " + Marshal.PtrToStringUTF8((nint)ErrorName(result)));
}
