using Glue.Functions.Thumbnail.Vips;

namespace Glue.Functions.Thumbnail.Pictures;

/// <summary>What is known of a picture before its pixels are.</summary>
/// <param name="Format">Of the object.</param>
/// <param name="Width">Upright, in pixels.</param>
/// <param name="Height">Upright, of one frame.</param>
/// <param name="Moves">It has several frames, and they are wanted.</param>
/// <param name="HasProfile">Its colours are those of a profile that it carries.</param>
internal sealed record PictureHeader(PictureFormat Format, int Width, int Height, bool Moves, bool HasProfile)
{
    public static PictureHeader Of(PictureFormat format, VipsImage image)
    {
        var pageHeight = image.PageHeight;
        return image.IsTurned
            ? new(format, image.Height, image.Width, false, image.HasProfile)
            : new(format, image.Width, pageHeight, pageHeight < image.Height, image.HasProfile);
    }

    /// <summary>A page is drawn at any size; enlarged pixels are only larger.</summary>
    public bool CanGrow => Format == PictureFormat.Pdf;

    /// <summary>How much a picture shrinks for a box.</summary>
    public double Scale(ThumbnailSize size, Fit fit)
    {
        var (across, down) = ((double)size.Width / Width, (double)size.Height / Height);
        var scale = fit == Fit.Cover ? Math.Max(across, down) : Math.Min(across, down);
        return CanGrow ? scale : Math.Min(1, scale);
    }
}
