using System.Runtime.InteropServices;

[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.System32)] // the loader's own search, nothing from the function's folder

namespace Glue.Functions.Decompress.Archives;

/// <summary>The part of libarchive 3 (archive.h, archive_entry.h) that reading takes.</summary>
internal static unsafe partial class ArchiveNative
{
    public const int Ok = 0;
    public const int EndOfArchive = 1;
    public const int Warn = -20;
    public const int Fatal = -30;

    public const int FormatMask = 0xff0000;
    public const int FormatCpio = 0x10000;
    public const int FormatTar = 0x30000;
    public const int FormatIso9660 = 0x40000;
    public const int FormatZip = 0x50000;
    public const int FormatEmpty = 0x60000;
    public const int FormatAr = 0x70000;
    public const int FormatRaw = 0x90000;
    public const int FormatRar = 0xD0000;
    public const int Format7Zip = 0xE0000;
    public const int FormatRar5 = 0x100000;

    private const string Archive = "libarchive.so.13";

    [LibraryImport(Archive, EntryPoint = "archive_read_new")]
    public static partial nint New();

    [LibraryImport(Archive, EntryPoint = "archive_read_free")]
    public static partial int Free(nint archive);

    [LibraryImport(Archive, EntryPoint = "archive_read_support_format_by_code")]
    public static partial int SupportFormat(nint archive, int code);

    [LibraryImport(Archive, EntryPoint = "archive_read_support_format_raw")]
    public static partial int SupportRaw(nint archive);

    /// <summary>No bytes at all, which raw does not take.</summary>
    [LibraryImport(Archive, EntryPoint = "archive_read_support_format_empty")]
    public static partial int SupportEmpty(nint archive);

    [LibraryImport(Archive, EntryPoint = "archive_read_support_filter_by_code")]
    public static partial int SupportFilter(nint archive, int code);

    [LibraryImport(Archive, EntryPoint = "archive_read_set_read_callback")]
    public static partial int SetRead(nint archive, delegate* unmanaged[Cdecl]<nint, nint, void**, nint> read);

    [LibraryImport(Archive, EntryPoint = "archive_read_set_skip_callback")]
    public static partial int SetSkip(nint archive, delegate* unmanaged[Cdecl]<nint, nint, long, long> skip);

    [LibraryImport(Archive, EntryPoint = "archive_read_set_seek_callback")]
    public static partial int SetSeek(nint archive, delegate* unmanaged[Cdecl]<nint, nint, long, int, long> seek);

    [LibraryImport(Archive, EntryPoint = "archive_read_set_callback_data")]
    public static partial int SetCallbackData(nint archive, nint data);

    [LibraryImport(Archive, EntryPoint = "archive_read_open1")]
    public static partial int Open(nint archive);

    [LibraryImport(Archive, EntryPoint = "archive_read_next_header")]
    public static partial int NextHeader(nint archive, out nint entry);

    [LibraryImport(Archive, EntryPoint = "archive_read_data_block")]
    public static partial int ReadBlock(nint archive, out byte* bytes, out nuint length, out long offset);

    [LibraryImport(Archive, EntryPoint = "archive_format")]
    public static partial int Format(nint archive);

    [LibraryImport(Archive, EntryPoint = "archive_filter_code")]
    public static partial int Filter(nint archive, int number);

    [LibraryImport(Archive, EntryPoint = "archive_error_string")]
    public static partial byte* Error(nint archive);

    [LibraryImport(Archive, EntryPoint = "archive_read_has_encrypted_entries")]
    public static partial int HasEncryptedEntries(nint archive);

    [LibraryImport(Archive, EntryPoint = "archive_entry_pathname")]
    public static partial byte* Name(nint entry);

    [LibraryImport(Archive, EntryPoint = "archive_entry_pathname_utf8")]
    public static partial byte* NameUtf8(nint entry);

    [LibraryImport(Archive, EntryPoint = "archive_entry_symlink_utf8")]
    public static partial byte* SymbolicLinkUtf8(nint entry);

    [LibraryImport(Archive, EntryPoint = "archive_entry_hardlink")]
    public static partial byte* HardLink(nint entry);

    [LibraryImport(Archive, EntryPoint = "archive_entry_filetype")]
    public static partial uint FileType(nint entry);

    [LibraryImport(Archive, EntryPoint = "archive_entry_size_is_set")]
    public static partial int HasSize(nint entry);

    [LibraryImport(Archive, EntryPoint = "archive_entry_size")]
    public static partial long Size(nint entry);

    [LibraryImport(Archive, EntryPoint = "archive_entry_is_encrypted")]
    public static partial int IsEncrypted(nint entry);

    [LibraryImport("libc", EntryPoint = "setlocale", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint SetLocale(int category, string locale);

    public static ReadOnlySpan<byte> Text(byte* text) => text is null ? default : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text);
}
