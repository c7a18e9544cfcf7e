using Glue.Functions.Objects;

namespace Glue.Functions.Thumbnail;

/// <summary>The function's environment.</summary>
internal sealed record ThumbnailSettings
{
    private const long DefaultMostPixels = 16_383L * 16_383L;
    private const int MostSizes = 16;

    /// <summary><c>SIZES</c>, or the one <c>SIZE</c>: boxes, <c>256</c> or <c>320x240</c>, 1 to 10000 pixels a side; default 256. Largest first.</summary>
    public IReadOnlyList<ThumbnailSize> Sizes { get; private init; } = [];

    /// <summary>With <c>SIZES</c> each size has a folder of its own under the prefix.</summary>
    public bool HasFolders { get; private init; }

    /// <summary><c>FIT</c>; default fit.</summary>
    public Fit Fit { get; private init; }

    /// <summary><c>CROP</c>: what <see cref="Fit.Cover"/> keeps, in libvips's words; default what draws the eye.</summary>
    public string Crop { get; private init; } = "attention";

    /// <summary><c>BACKGROUND</c> around a contained picture and under a transparent one; default white.</summary>
    public Background Background { get; private init; } = Background.White;

    /// <summary><c>FORMAT</c>. Default (null): JPEG, but PNG for a picture with transparent pixels.</summary>
    public OutputFormat? Format { get; private init; }

    /// <summary><c>QUALITY</c> of JPEG, WebP and AVIF, 1 to 100; default 80.</summary>
    public int Quality { get; private init; } = 80;

    /// <summary><c>METADATA=keep</c>: EXIF, XMP, IPTC and colour profile stay; default strip.</summary>
    public bool KeepsMetadata { get; private init; }

    /// <summary><c>ANIMATION=all</c>: all frames of a GIF or WebP; default the first.</summary>
    public bool KeepsFrames { get; private init; }

    public OutputPlace Output { get; private init; } = new(null, "thumbnails/");

    /// <summary><c>MAX_PIXELS</c> of an original, checked before anything is decoded; default 16383², the largest picture WebP can hold.</summary>
    public long MostPixels { get; private init; } = DefaultMostPixels;

    /// <exception cref="SettingsException">One or more are wrong; the message names all of them.</exception>
    public static ThumbnailSettings Read(Func<string, string?> variable)
    {
        var settings = new Settings(variable);
        var several = settings.Text("SIZES");
        var read = new ThumbnailSettings
        {
            Sizes = several is null ? [SizeOf(settings)] : SizesOf(several, settings),
            HasFolders = several is not null,
            Format = settings.Choice<OutputFormat?>(
                "FORMAT", null, ("jpeg", OutputFormat.Jpeg), ("jpg", OutputFormat.Jpeg), ("png", OutputFormat.Png),
                ("webp", OutputFormat.WebP), ("avif", OutputFormat.Avif), ("gif", OutputFormat.Gif)),
            Quality = (int)settings.Number("QUALITY", 80, 100),
            Output = OutputPlace.Read(settings, "thumbnails/", "thumbnails"),
            Fit = settings.Choice("FIT", Fit.Fit, ("fit", Fit.Fit), ("cover", Fit.Cover), ("contain", Fit.Contain)),
            Crop = settings.Choice("CROP", "attention", ("smart", "attention"), ("entropy", "entropy"), ("centre", "centre")),
            Background = BackgroundOf(settings),
            KeepsMetadata = settings.Choice("METADATA", false, ("strip", false), ("keep", true)),
            KeepsFrames = settings.Choice("ANIMATION", false, ("first", false), ("all", true)),
            MostPixels = settings.Number("MAX_PIXELS", DefaultMostPixels, long.MaxValue / 16),
        };
        if (read.KeepsFrames && (read.Fit != Fit.Fit || read.Format is { CanMove: false }))
        {
            settings.Fault("ANIMATION is 'all': that goes with FIT=fit and with FORMAT gif, webp or none");
        }

        if (read.Background.IsTransparent && read.Format is { CanBeTransparent: false })
        {
            settings.Fault("BACKGROUND is 'transparent': JPEG cannot be; choose FORMAT png, webp or avif");
        }

        settings.ThrowIfWrong();
        return read;
    }

    private static ThumbnailSize SizeOf(Settings settings)
    {
        var text = settings.Text("SIZE") ?? "256";
        if (!ThumbnailSize.TryParse(text, out var size))
        {
            settings.Fault($"SIZE is '{text}': write pixels as 256 or 320x240, 1 to {ThumbnailSize.MostSide} a side");
        }

        return size;
    }

    private static List<ThumbnailSize> SizesOf(string list, Settings settings)
    {
        var sizes = new List<ThumbnailSize>();
        foreach (var text in list.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!ThumbnailSize.TryParse(text, out var size))
            {
                settings.Fault($"SIZES has '{text}': write pixels as 128,320x240,1024, 1 to {ThumbnailSize.MostSide} a side");
            }
            else if (!sizes.Contains(size))
            {
                sizes.Add(size);
            }
        }

        if (sizes.Count > MostSizes)
        {
            settings.Fault($"SIZES has {sizes.Count} sizes: {MostSizes} are the most");
        }

        return [.. sizes.OrderByDescending(static size => (long)size.Width * size.Height)];
    }

    private static Background BackgroundOf(Settings settings)
    {
        if (settings.Text("BACKGROUND") is not { } text)
        {
            return Background.White;
        }

        if (!Background.TryParse(text, out var background))
        {
            settings.Fault($"BACKGROUND is '{text}': write #RRGGBB, white, black or transparent");
        }

        return background;
    }
}
