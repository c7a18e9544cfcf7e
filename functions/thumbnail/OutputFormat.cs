namespace Glue.Functions.Thumbnail;

/// <summary>How a thumbnail is written.</summary>
/// <param name="Extension">The one that is appended, with its dot.</param>
/// <param name="OtherExtension">Another one that says the same.</param>
/// <param name="ContentType">Of the stored object.</param>
/// <param name="SaveOperation">libvips's operation.</param>
/// <param name="CanBeTransparent">It has an alpha channel.</param>
/// <param name="CanMove">It can hold several frames.</param>
internal sealed record OutputFormat(
    string Extension, string OtherExtension, string ContentType, string SaveOperation, bool CanBeTransparent = true, bool CanMove = false)
{
    public static readonly OutputFormat Jpeg = new(".jpg", ".jpeg", "image/jpeg", "jpegsave_buffer", CanBeTransparent: false);
    public static readonly OutputFormat Png = new(".png", ".png", "image/png", "pngsave_buffer");
    public static readonly OutputFormat WebP = new(".webp", ".webp", "image/webp", "webpsave_buffer", CanMove: true);
    public static readonly OutputFormat Avif = new(".avif", ".avif", "image/avif", "heifsave_buffer");
    public static readonly OutputFormat Gif = new(".gif", ".gif", "image/gif", "gifsave_buffer", CanMove: true);

    // What a picture is called; other endings ("photo", "v1.2") are part of a name.
    private static readonly string[] Pictures =
        [".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".tif", ".tiff", ".dng", ".heic", ".heif", ".hif", ".avif", ".pdf"];

    /// <summary>
    /// The key of a thumbnail: prefix and the original's key, then the format's extension where the key names another one. It is appended,
    /// not exchanged, and no two keys give the same: IMG_1.HEIC and IMG_1.JPG have a thumbnail each, and so have a.heic and a.heic.jpg
    /// (which therefore becomes a.heic.jpg.jpg), and photo and photo.jpg (which both stay as they are).
    /// </summary>
    public string KeyFor(string prefix, string key)
    {
        var stem = key.AsSpan();
        while (EndOf(stem, Extension, OtherExtension) is { } own)
        {
            stem = stem[..^own.Length];
        }

        return EndOf(stem, Pictures) is null ? prefix + key : prefix + key + Extension;
    }

    private static string? EndOf(ReadOnlySpan<char> key, params ReadOnlySpan<string> extensions)
    {
        foreach (var extension in extensions)
        {
            if (key.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
            {
                return extension;
            }
        }

        return null;
    }

    /// <summary>The options of the save operation: the same bytes for the same picture.</summary>
    public string SaveOptions(ThumbnailSettings settings)
    {
        var strip = settings.KeepsMetadata ? "strip=false" : "strip=true";
        return SaveOperation switch
        {
            // Transparency that JPEG cannot carry is laid over the background.
            "jpegsave_buffer" => $"Q={settings.Quality},optimize_coding=true,{strip},background={settings.Background.Numbers}",
            "webpsave_buffer" => $"Q={settings.Quality},{strip}",
            "heifsave_buffer" => $"Q={settings.Quality},compression=av1,{strip}",
            _ => strip,
        };
    }
}
