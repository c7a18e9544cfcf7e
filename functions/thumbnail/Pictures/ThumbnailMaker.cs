using Glue.Functions.Thumbnail.Vips;

namespace Glue.Functions.Thumbnail.Pictures;

/// <summary>Picture in, thumbnail out: upright, in sRGB, without metadata.</summary>
internal sealed unsafe class ThumbnailMaker(ThumbnailSettings settings, MemoryBudget budget)
{
    /// <param name="format">From the first bytes.</param>
    /// <param name="bytes">The whole file; only read while this runs.</param>
    /// <param name="length">Its length.</param>
    /// <exception cref="PictureException">Damaged, or more than is allowed.</exception>
    public Thumbnail Make(PictureFormat format, byte* bytes, long length)
    {
        if (format == PictureFormat.Heif && !VipsLibrary.TryLoadHeif())
        {
            throw new NotAPictureException("a HEIF picture, for which this machine's libvips has no plug-in (package libvips42, libheif1)");
        }

        VipsNative.ClearError();
        try
        {
            CheckHeader(format, bytes, length);
            var thumbnail = Shrink(bytes, length);
            if (format != PictureFormat.Heif) // libheif decodes all or nothing, and the source under it notes errors that it lives with
            {
                ThrowIfNoted(thumbnail);
            }

            return thumbnail;
        }
        catch (VipsException e)
        {
            throw new DamagedPictureException(format, e);
        }
    }

    private Thumbnail Shrink(byte* bytes, long length)
    {
        using var shrink = new VipsOperation("thumbnail_buffer")
            .Set("buffer", bytes, (nuint)length)
            .Set($"width={settings.Width},height={settings.Height},size=down,export_profile=srgb,fail_on=error")
            .Set("option_string", "[fail_on=error]") // fail_on alone does not reach every loader (8.14)
            .Run();
        using var small = shrink.Image("out");
        if (settings.Format is { } wanted)
        {
            return Save(small, wanted);
        }

        if (!small.HasAlpha)
        {
            return Save(small, OutputFormat.Jpeg);
        }

        using var pixels = small.ToMemory(); // read twice: for its transparency, and to be written
        return Save(pixels, IsTransparent(pixels) ? OutputFormat.Png : OutputFormat.Jpeg);
    }

    /// <summary>
    /// A cache inside libvips paints rows that could not be decoded black and lets the operation succeed (8.14); the decoder's error is
    /// then only in libvips's error text.
    /// </summary>
    private static void ThrowIfNoted(Thumbnail thumbnail)
    {
        if (VipsException.IsNoted)
        {
            thumbnail.Dispose();
            throw VipsException.TakeLast();
        }
    }

    /// <summary>Refuses by the header alone what would take the whole sandbox to decode.</summary>
    private void CheckHeader(PictureFormat format, byte* bytes, long length)
    {
        using var load = new VipsOperation(LoadOperation(format)).Set("buffer", bytes, (nuint)length).Set("access=sequential").Run();
        using var header = load.Image("out");
        var pixels = (long)header.Width * header.Height;
        if (pixels > settings.MostPixels)
        {
            throw new PictureTooLargeException(
                $"the {format} picture has {header.Width} x {header.Height} = {pixels} pixels, MAX_PIXELS allows {settings.MostPixels}");
        }

        budget.Check(format, header, length);
    }

    private static string LoadOperation(PictureFormat format) => format switch
    {
        PictureFormat.Jpeg => "jpegload_buffer",
        PictureFormat.Png => "pngload_buffer",
        PictureFormat.WebP => "webpload_buffer",
        PictureFormat.Gif => "gifload_buffer",
        PictureFormat.Tiff => "tiffload_buffer",
        _ => "heifload_buffer",
    };

    /// <summary>Many programs write an alpha channel that is opaque everywhere (screenshots do): such a picture needs no PNG.</summary>
    private static bool IsTransparent(VipsImage image)
    {
        using var extract = new VipsOperation("extract_band").Set("in", image).Set($"band={image.Bands - 1}").Run();
        using var alpha = extract.Image("out");
        using var least = new VipsOperation("min").Set("in", alpha).Run();
        var opaque = image.BytesPerSample == 1 ? byte.MaxValue : ushort.MaxValue;
        return least.Number("out") < opaque;
    }

    private Thumbnail Save(VipsImage image, OutputFormat format)
    {
        using var save = new VipsOperation(format.SaveOperation).Set("in", image).Set(format.SaveOptions(settings.Quality)).Run();
        return new Thumbnail(save.Bytes("buffer"), format, image.Width, image.Height);
    }
}
