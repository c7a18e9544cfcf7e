namespace Glue.Functions.Decompress.Archives;

/// <summary>What has to happen once in a process before the first archive: libraries that are missing or strange are found at init, not at an event.</summary>
internal static class ArchiveLibrary
{
    private const int CharacterType = 0; // LC_CTYPE

    /// <summary>libarchive hands out names in the locale's charset; in the C locale it could not hand out most of them.</summary>
    /// <exception cref="DllNotFoundException">The distribution's package libarchive13 or libisal2 is not installed.</exception>
    /// <exception cref="NotSupportedException">ISA-L's structure is not the one that is known here.</exception>
    public static void Start()
    {
        _ = ArchiveNative.SetLocale(CharacterType, "C.UTF-8");
        _ = ArchiveNative.Free(ArchiveNative.New());
        if (!IsIsalKnown())
        {
            throw new NotSupportedException("libisal.so.2 is of a release whose structures are not known here (known: 2.30 and 2.31)");
        }
    }

    /// <summary>Two members: the second is found only when every field of ISA-L's state that is used is where it is thought to be.</summary>
    private static bool IsIsalKnown()
    {
        ReadOnlySpan<byte> a = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x4B, 4, 0, 0x43, 0xBE, 0xB7, 0xE8, 1, 0, 0, 0];
        using var decoder = new GzipDecoder(new MemoryStream([.. a, .. a]));
        try
        {
            return decoder.ReadBlock().SequenceEqual("aa"u8);
        }
        catch (InvalidDataException)
        {
            return false; // the answer
        }
    }
}
