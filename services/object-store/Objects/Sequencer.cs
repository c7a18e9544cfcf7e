using System.Globalization;
using Glue.Foundation.Sqlite;

namespace Glue.ObjectStore.Objects;

/// <summary>
/// Numbers changes in commit order, strictly increasing across restarts and a clock set back. It follows the clock
/// (microseconds) when that is ahead, so that a store begun anew on an empty folder still continues above the old one's numbers.
/// </summary>
internal static class Sequencer
{
    public static long Next(SqliteWrite write, DateTimeOffset now)
    {
        var microseconds = now.ToUnixTimeMilliseconds() * 1000;
        return (long)write.Prepared("UPDATE sequencer SET last=max(last+1, $now) RETURNING last").With("$now", microseconds).ExecuteScalar()!;
    }

    /// <returns>16 upper-case hexadecimal digits.</returns>
    public static string Format(long sequence) => sequence.ToString("X16", CultureInfo.InvariantCulture);

    public static bool TryParse(string text, out long sequence) =>
        long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out sequence) && sequence >= 0 && Format(sequence) == text;
}
