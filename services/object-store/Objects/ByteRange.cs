using System.Globalization;
using System.Runtime.InteropServices;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Objects;

/// <summary>A run of an object's bytes.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ByteRange(long Start, long Length)
{
    /// <summary>Reads <c>Range</c>. Null: send everything, which is also S3's answer to several ranges and to nonsense.</summary>
    /// <exception cref="S3Exception">InvalidRange: the range is beyond the object's end.</exception>
    public static ByteRange? Parse(string? header, long size)
    {
        if (header is null || !header.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var range = header.AsSpan("bytes=".Length).Trim();
        var dash = range.IndexOf('-');
        if (dash < 0 || range.Contains(','))
        {
            return null;
        }

        var hasFirst = TryNumber(range[..dash], out var first);
        var hasLast = TryNumber(range[(dash + 1)..], out var last);
        if (dash == 0)
        {
            return !hasLast ? null : last == 0 || size == 0 ? throw Unsatisfiable(header, size) : new ByteRange(Math.Max(0, size - last), Math.Min(size, last));
        }

        if (!hasFirst || (!hasLast && dash + 1 < range.Length) || (hasLast && last < first))
        {
            return null;
        }

        return first >= size
            ? throw Unsatisfiable(header, size)
            : new ByteRange(first, (hasLast ? Math.Min(last, size - 1) : size - 1) - first + 1);
    }

    public string ContentRange(long size) => string.Create(CultureInfo.InvariantCulture, $"bytes {Start}-{Start + Length - 1}/{size}");

    private static bool TryNumber(ReadOnlySpan<char> text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static S3Exception Unsatisfiable(string header, long size) => new(S3Error.InvalidRange)
    {
        Details = [("RangeRequested", header), ("ActualObjectSize", size.ToString(CultureInfo.InvariantCulture))],
    };
}
