namespace Glue.Functions.Thumbnail;

/// <summary>How a thumbnail is written.</summary>
/// <param name="Extension">The one that is appended, with its dot.</param>
/// <param name="OtherExtension">Another one that says the same.</param>
/// <param name="ContentType">Of the stored object.</param>
/// <param name="SaveOperation">libvips's operation.</param>
internal sealed record OutputFormat(string Extension, string OtherExtension, string ContentType, string SaveOperation)
{
    public static readonly OutputFormat Jpeg = new(".jpg", ".jpeg", "image/jpeg", "jpegsave_buffer");
    public static readonly OutputFormat Png = new(".png", ".png", "image/png", "pngsave_buffer");
    public static readonly OutputFormat WebP = new(".webp", ".webp", "image/webp", "webpsave_buffer");

    /// <summary>
    /// The key of a thumbnail: prefix, then the original's key, then the format's extension unless the key ends with it already. It is
    /// appended, not exchanged: a camera that uploads IMG_1.HEIC beside IMG_1.JPG gets two thumbnails, not one that overwrites the other.
    /// </summary>
    public string KeyFor(string prefix, string key) =>
        key.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) || key.EndsWith(OtherExtension, StringComparison.OrdinalIgnoreCase)
            ? prefix + key
            : prefix + key + Extension;

    /// <summary>The options of the save operation: without metadata, the same bytes for the same picture.</summary>
    public string SaveOptions(int quality) => SaveOperation switch
    {
        // Transparency that JPEG cannot carry is laid over white, the page that thumbnails are mostly shown on.
        "jpegsave_buffer" => $"Q={quality},optimize_coding=true,strip=true,background=255 255 255",
        "webpsave_buffer" => $"Q={quality},strip=true",
        _ => "strip=true",
    };
}
