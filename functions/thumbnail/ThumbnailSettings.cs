using System.Globalization;

namespace Glue.Functions.Thumbnail;

/// <summary>The function's environment.</summary>
internal sealed record ThumbnailSettings
{
    private const int MostSide = 10_000;

    /// <summary><c>SIZE</c>: the box that the thumbnail fits into, <c>256</c> or <c>320x240</c>, 1 to 10000 pixels a side; default 256. Nothing is enlarged.</summary>
    public int Width { get; private init; } = 256;

    /// <inheritdoc cref="Width"/>
    public int Height { get; private init; } = 256;

    /// <summary><c>FORMAT</c>: <c>jpeg</c>, <c>png</c> or <c>webp</c>. Default (null): JPEG, but PNG for a picture with transparent pixels.</summary>
    public OutputFormat? Format { get; private init; }

    /// <summary><c>QUALITY</c> of JPEG and WebP, 1 to 100; default 80.</summary>
    public int Quality { get; private init; } = 80;

    /// <summary><c>OUTPUT_BUCKET</c>; default (null): the bucket of the original.</summary>
    public string? OutputBucket { get; private init; }

    /// <summary><c>OUTPUT_PREFIX</c> of the thumbnails' keys; default <c>thumbnails/</c>. May be empty only with another bucket.</summary>
    public string OutputPrefix { get; private init; } = "thumbnails/";

    /// <summary><c>MAX_PIXELS</c> of an original, checked before anything is decoded; default 16383², the largest picture WebP can hold.</summary>
    public long MostPixels { get; private init; } = 16_383L * 16_383L;

    /// <exception cref="SettingsException">One or more are wrong; the message names all of them.</exception>
    public static ThumbnailSettings Read(Func<string, string?> variable)
    {
        var faults = new List<string>();
        var (width, height) = Box(variable("SIZE"), faults);
        var settings = new ThumbnailSettings
        {
            Width = width,
            Height = height,
            Format = FormatOf(variable("FORMAT"), faults),
            Quality = (int)Number("QUALITY", variable("QUALITY"), 80, 100, faults),
            OutputBucket = variable("OUTPUT_BUCKET") is { Length: > 0 } bucket ? bucket : null,
            OutputPrefix = variable("OUTPUT_PREFIX") ?? "thumbnails/",
            MostPixels = Number("MAX_PIXELS", variable("MAX_PIXELS"), 16_383L * 16_383L, long.MaxValue / 16, faults),
        };
        if (settings.OutputPrefix.Length == 0 && settings.OutputBucket is null)
        {
            faults.Add("OUTPUT_PREFIX is empty and OUTPUT_BUCKET is not set: thumbnails would overwrite their originals; set one of them");
        }

        return faults.Count == 0 ? settings : throw new SettingsException(string.Join("; ", faults));
    }

    private static (int Width, int Height) Box(string? text, List<string> faults)
    {
        if (string.IsNullOrEmpty(text))
        {
            return (256, 256);
        }

        var sides = text.Split('x', 'X');
        if (sides.Length <= 2 && TrySide(sides[0], out var width) && TrySide(sides[^1], out var height))
        {
            return (width, height);
        }

        faults.Add($"SIZE is '{text}': write pixels as 256 or 320x240, 1 to {MostSide} a side");
        return (1, 1);
    }

    private static bool TrySide(string text, out int side) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out side) && side is >= 1 and <= MostSide;

    private static OutputFormat? FormatOf(string? text, List<string> faults)
    {
        switch (text?.ToLowerInvariant())
        {
            case null or "":
                return null;
            case "jpeg" or "jpg":
                return OutputFormat.Jpeg;
            case "png":
                return OutputFormat.Png;
            case "webp":
                return OutputFormat.WebP;
            default:
                faults.Add($"FORMAT is '{text}': it can be jpeg, png or webp");
                return null;
        }
    }

    private static long Number(string name, string? text, long otherwise, long most, List<string> faults)
    {
        if (string.IsNullOrEmpty(text))
        {
            return otherwise;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most)
        {
            return number;
        }

        faults.Add($"{name} is '{text}': it is a whole number from 1 to {most}");
        return otherwise;
    }
}
