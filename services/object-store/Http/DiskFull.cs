using Microsoft.Data.Sqlite;

namespace Glue.ObjectStore.Http;

/// <summary>Recognises a full disk, or quota, in what the runtime and SQLite throw.</summary>
internal static class DiskFull
{
    private const int NoSpace = 28; // ENOSPC
    private const int FileTooBig = 27; // EFBIG
    private const int QuotaExceeded = 122; // EDQUOT
    private const int SqliteFull = 13; // SQLITE_FULL

    public static bool Is(Exception exception) => exception switch
    {
        IOException io => (io.HResult & 0xFFFF) is NoSpace or FileTooBig or QuotaExceeded,
        SqliteException sqlite => sqlite.SqliteErrorCode == SqliteFull,
        _ => false,
    };
}
