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

    /// <summary>
    /// The key of a thumbnail: prefix, then the original's key, then the format's extension unless the key ends with it already. It is
    /// appended, not exchanged: a camera that uploads IMG_1.HEIC beside IMG_1.JPG gets two thumbnails, not one that overwrites the other.
    /// </summary>
    public string KeyFor(string prefix, string key) =>
        key.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) || key.EndsWith(OtherExtension, StringComparison.OrdinalIgnoreCase)
            ? prefix + key
            : prefix + key + Extension;

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
