namespace Glue.Functions.Decompress.Archives;

/// <summary>What has to happen once in a process before libarchive reads names.</summary>
internal static class ArchiveLibrary
{
    private const int CharacterType = 0; // LC_CTYPE

    /// <summary>libarchive hands out names in the locale's charset; in the C locale it could not hand out most of them.</summary>
    /// <exception cref="DllNotFoundException">The distribution's package libarchive13 is not installed.</exception>
    public static void Start()
    {
        // Without it a gzip file that is cut short just ends (.NET 9; read where the first stream is opened).
        AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);
        _ = ArchiveNative.SetLocale(CharacterType, "C.UTF-8");
        _ = ArchiveNative.Free(ArchiveNative.New()); // finds the library at init, not at the first event
    }
}
