using System.Reflection;
using System.Runtime.InteropServices;

namespace Glue.Foundation.Sqlite;

/// <summary>Binds the managed SQLite provider to the distribution's libsqlite3: security fixes come with the distribution.</summary>
internal static class NativeSqlite
{
    private static readonly Lazy<bool> Bound = new(Bind);

    /// <summary>Idempotent; called before the first connection.</summary>
    /// <exception cref="DllNotFoundException">libsqlite3.so.0 is not installed.</exception>
    public static void Use() => _ = Bound.Value;

    private static bool Bind()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly, Resolve);
        SQLitePCL.raw.SetProvider(new SQLitePCL.SQLite3Provider_e_sqlite3());

        // A connection here is used by one thread at a time, so SQLite need not lock it; nor need it count its memory for all threads together.
        Configure(SQLitePCL.raw.SQLITE_CONFIG_MULTITHREAD);
        Configure(SQLitePCL.raw.SQLITE_CONFIG_MEMSTATUS, 0);
        return true;
    }

    private static void Configure(int option, int? value = null)
    {
        var result = value is { } number ? SQLitePCL.raw.sqlite3_config(option, number) : SQLitePCL.raw.sqlite3_config(option);
        if (result != SQLitePCL.raw.SQLITE_OK)
        {
            throw new InvalidOperationException($"SQLite refused its configuration {option} ({result}): it was used before SqliteDatabase.Open.");
        }
    }

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != "e_sqlite3")
        {
            return IntPtr.Zero;
        }

        return NativeLibrary.TryLoad("libsqlite3.so.0", out var handle)
            ? handle
            : throw new DllNotFoundException("libsqlite3.so.0 was not found. Install the distribution's package libsqlite3-0.");
    }
}
