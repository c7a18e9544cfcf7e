namespace Glue.Functions.Decompress.Archives;

/// <summary>What a file that is no archive looks like, for the error message.</summary>
internal static class Signatures
{
    public const int Bytes = 16;

    public static string Describe(ReadOnlySpan<byte> start)
    {
        var first = start[..Math.Min(8, start.Length)];
        var hex = Convert.ToHexString(first);
        var bytes = string.Join(' ', Enumerable.Range(0, first.Length).Select(i => hex.Substring(i * 2, 2)));
        return KindOf(start) is { } kind ? $"{kind} (first bytes {bytes})" : $"its first bytes are {bytes}";
    }

    /// <summary>A member's header, or the end of a zip without members.</summary>
    public static bool IsZip(ReadOnlySpan<byte> start) => start is [(byte)'P', (byte)'K', 3, 4, ..] or [(byte)'P', (byte)'K', 5, 6, ..];

    private static string? KindOf(ReadOnlySpan<byte> start) => start switch
    {
        [0xFF, 0xD8, 0xFF, ..] => "a JPEG picture",
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "a PNG picture",
        [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..] => "a PDF document",
        [(byte)'7', (byte)'z', 0xBC, 0xAF, ..] => "the beginning of a 7z archive",
        [0x7F, (byte)'E', (byte)'L', (byte)'F', ..] => "a program (ELF)",
        _ => start.ContainsAnyExceptInRange((byte)0x20, (byte)0x7E) ? null : "text",
    };
}
