using System.Globalization;

namespace Glue.Host.Store;

/// <summary>Bytes as people write them.</summary>
internal static class ByteSize
{
    private static readonly (string Unit, long Bytes)[] Units =
        [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40), ("", 1)];

    /// <exception cref="StartupException">It is no number with one of the units.</exception>
    public static long Parse(string text)
    {
        var (unit, bytes) = Units.First(unit => text.EndsWith(unit.Unit, StringComparison.OrdinalIgnoreCase));
        return decimal.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number * bytes <= long.MaxValue
            ? (long)(number * bytes)
            : throw new StartupException($"'{text}' is no size. Give bytes, or a number with KiB, MiB, GiB or TiB.");
    }

    public static string Format(long bytes)
    {
        var (unit, size) = Units.Reverse().Skip(1).FirstOrDefault(unit => bytes >= unit.Bytes, ("B", 1));
        return string.Create(CultureInfo.InvariantCulture, $"{(double)bytes / size:0.##} {unit}");
    }
}
