namespace Glue.Functions.Thumbnail.Pictures;

/// <summary>Tells a file's format from its first bytes; names and extensions lie.</summary>
internal static class Signature
{
    /// <summary>As many of the first bytes as a decision needs.</summary>
    public const int Bytes = 32;

    /// <returns>Null: not a picture that is understood.</returns>
    public static PictureFormat? Recognise(ReadOnlySpan<byte> start) => start switch
    {
        [0xFF, 0xD8, 0xFF, ..] => PictureFormat.Jpeg,
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => PictureFormat.Png,
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => PictureFormat.Gif,
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => PictureFormat.WebP,
        [(byte)'I', (byte)'I', 42 or 43, 0, ..] or [(byte)'M', (byte)'M', 0, 42 or 43, ..] => PictureFormat.Tiff,
        [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..] => PictureFormat.Pdf,
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] when IsHeifBrand(start[8..]) => PictureFormat.Heif,
        _ => null,
    };

    /// <summary>What a file that is not understood looks like, for the error message: its kind where it is known, and its first bytes.</summary>
    public static string Describe(ReadOnlySpan<byte> start)
    {
        var first = start[..Math.Min(8, start.Length)];
        var hex = Convert.ToHexString(first);
        var bytes = string.Join(' ', Enumerable.Range(0, first.Length).Select(i => hex.Substring(i * 2, 2)));
        return KindOf(start) is { } kind ? $"{kind} (first bytes {bytes})" : $"its first bytes are {bytes}";
    }

    // ISO 23008-12 (HEIF) and the AVIF specification: still pictures and sequences.
    private static bool IsHeifBrand(ReadOnlySpan<byte> brand) =>
        brand.Length >= 4 && (brand[..4].SequenceEqual("heic"u8) || brand[..4].SequenceEqual("heix"u8) || brand[..4].SequenceEqual("heim"u8)
        || brand[..4].SequenceEqual("heis"u8) || brand[..4].SequenceEqual("hevc"u8) || brand[..4].SequenceEqual("hevx"u8)
        || brand[..4].SequenceEqual("mif1"u8) || brand[..4].SequenceEqual("msf1"u8)
        || brand[..4].SequenceEqual("avif"u8) || brand[..4].SequenceEqual("avis"u8));

    private static string? KindOf(ReadOnlySpan<byte> start)
    {
        (string Kind, byte[] Start)[] known =
        [
            ("a ZIP archive or office document", "PK\x03\x04"u8.ToArray()),
            ("a gzip file", [0x1F, 0x8B]),
            ("a Zstandard file", [0x28, 0xB5, 0x2F, 0xFD]),
            ("a BMP picture", "BM"u8.ToArray()),
            ("a Photoshop file", "8BPS"u8.ToArray()),
            ("a JPEG XL picture", [0xFF, 0x0A]),
            ("a JPEG XL picture", [0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20]),
            ("a JPEG 2000 picture", [0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20]),
            ("a Matroska or WebM video", [0x1A, 0x45, 0xDF, 0xA3]),
            ("an SVG drawing", "<svg"u8.ToArray()),
            ("an XML or SVG document", "<?xml"u8.ToArray()),
            ("an HTML page", "<!DOCTYPE"u8.ToArray()),
            ("an HTML page", "<html"u8.ToArray()),
            ("a program (ELF)", "\u007fELF"u8.ToArray()),
        ];
        foreach (var (kind, signature) in known)
        {
            if (start.StartsWith(signature))
            {
                return kind;
            }
        }

        return start.Length >= 8 && start[4..8].SequenceEqual("ftyp"u8) ? "an MP4 or QuickTime video"
            : IsText(start) ? "text"
            : null;
    }

    private static bool IsText(ReadOnlySpan<byte> start)
    {
        foreach (var b in start)
        {
            if (b is < 0x20 and not ((byte)'\n' or (byte)'\r' or (byte)'\t') or 0x7F)
            {
                return false;
            }
        }

        return true;
    }
}
