using System.Globalization;
using Glue.Functions.Thumbnail.Vips;

namespace Glue.Functions.Thumbnail.Pictures;

/// <summary>
/// Picture in, thumbnails out: upright, in sRGB. The file is decoded once, no larger than the largest thumbnail needs it (shrink-on-load);
/// the smaller ones are made of that.
/// </summary>
internal sealed unsafe class ThumbnailMaker(ThumbnailSettings settings, MemoryBudget budget)
{
    /// <param name="format">From the first bytes.</param>
    /// <param name="bytes">The whole file; only read while this runs.</param>
    /// <param name="length">Its length.</param>
    /// <returns>One for each size, largest first; each is to be disposed.</returns>
    /// <exception cref="Objects.ObjectException">Damaged, or more than is allowed.</exception>
    public List<Thumbnail> Make(PictureFormat format, byte* bytes, long length)
    {
        if (format == PictureFormat.Heif && !VipsLibrary.TryLoadHeif())
        {
            throw new NotAPictureException("a HEIF picture, for which this machine's libvips has no plug-in (package libvips42, libheif1)");
        }

        if (format == PictureFormat.Pdf && !VipsLibrary.TryLoadPdf())
        {
            throw new NotAPictureException("a PDF document, for which this machine's libvips has no plug-in (package libvips42, libpoppler-glib8)");
        }

        VipsNative.ClearError();
        var made = new List<Thumbnail>();
        var done = false;
        try
        {
            var header = CheckHeader(format, bytes, length);
            MakeAll(header, bytes, length, made);
            if (format is not (PictureFormat.Heif or PictureFormat.Pdf)) // these decode all or nothing, and the source under them notes errors that it lives with
            {
                ThrowIfNoted();
            }

            done = true;
            return made;
        }
        catch (VipsException e)
        {
            throw new DamagedPictureException(format, e);
        }
        finally
        {
            if (!done)
            {
                made.ForEach(static thumbnail => thumbnail.Dispose());
            }
        }
    }

    private void MakeAll(PictureHeader header, byte* bytes, long length, List<Thumbnail> made)
    {
        if (settings.Sizes is [var only])
        {
            using var small = Decode(header, bytes, length, $"{Box(only)}{CropOption}");
            made.Add(Finish(small, header, only));
            return;
        }

        using var decoded = Decode(header, bytes, length, LargestBox(header));
        using var largest = decoded.ToMemory();
        foreach (var size in settings.Sizes)
        {
            using var shrink = new VipsOperation("thumbnail_image").Set("in", largest).Set($"{Box(size)}{CropOption},size=down").Run();
            using var small = shrink.Image("out");
            made.Add(Finish(small, header, size));
        }
    }

    private static VipsImage Decode(PictureHeader header, byte* bytes, long length, string box)
    {
        // Without a profile the colours are sRGB already, or libvips's own of CMYK and Lab: sent through sRGB's profile once more they come out
        // tinted, white as 250, 253, 253 (8.14).
        var profile = header.HasProfile ? ",export_profile=srgb" : "";
        using var shrink = new VipsOperation("thumbnail_buffer")
            .Set("buffer", bytes, (nuint)length)
            .Set($"{box},size={(header.CanGrow ? "both" : "down")}{profile},fail_on=error")
            .Set("option_string", header.Moves ? "[n=-1,fail_on=error]" : "[fail_on=error]") // fail_on alone does not reach every loader (8.14)
            .Run();
        return shrink.Image("out");
    }

    private static string Box(ThumbnailSize size) => $"width={size.Width},height={size.Height}";

    private string CropOption => settings.Fit == Fit.Cover ? $",crop={settings.Crop}" : "";

    /// <summary>The smallest box that holds the picture as large as any of the sizes needs it.</summary>
    private string LargestBox(PictureHeader header)
    {
        var scale = settings.Sizes.Max(size => header.Scale(size, settings.Fit));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"width={Math.Max(1, (int)Math.Ceiling(header.Width * scale))},height={Math.Max(1, (int)Math.Ceiling(header.Height * scale))}");
    }

    private Thumbnail Finish(VipsImage small, PictureHeader header, ThumbnailSize size)
    {
        // A grey picture stays grey, but where a background comes to it, which may be any colour.
        using var convert = small.Bands < 3 && (settings.Fit == Fit.Contain || small.HasAlpha)
            ? new VipsOperation("colourspace").Set("in", small).Set("space=srgb").Run()
            : null;
        using var coloured = convert?.Image("out");
        var image = coloured ?? small;
        if (settings.Fit == Fit.Contain)
        {
            using var padded = Pad(image, size);
            return Save(padded, header, size);
        }

        return Save(image, header, size);
    }

    private VipsImage Pad(VipsImage small, ThumbnailSize size)
    {
        var background = settings.Background.Numbers + (small.HasAlpha || settings.Background.IsTransparent ? settings.Background.IsTransparent ? " 0" : " 255" : "");
        using var withAlpha = settings.Background.IsTransparent && !small.HasAlpha
            ? new VipsOperation("bandjoin_const").Set("in", small).Set("c=255").Run()
            : null;
        using var image = withAlpha?.Image("out");
        using var pad = new VipsOperation("gravity")
            .Set("in", image ?? small)
            .Set($"direction=centre,width={size.Width},height={size.Height},extend=background,background={background}")
            .Run();
        return pad.Image("out");
    }

    private Thumbnail Save(VipsImage small, PictureHeader header, ThumbnailSize size)
    {
        if (settings.Format is { } wanted)
        {
            return Save(small, wanted, size);
        }

        if (header.Moves)
        {
            return Save(small, header.Format == PictureFormat.WebP ? OutputFormat.WebP : OutputFormat.Gif, size);
        }

        if (!small.HasAlpha)
        {
            return Save(small, OutputFormat.Jpeg, size);
        }

        using var pixels = small.ToMemory(); // read twice: for its transparency, and to be written
        return Save(pixels, IsTransparent(pixels) ? OutputFormat.Png : OutputFormat.Jpeg, size);
    }

    private Thumbnail Save(VipsImage image, OutputFormat format, ThumbnailSize size)
    {
        using var save = new VipsOperation(format.SaveOperation).Set("in", image).Set(format.SaveOptions(settings)).Run();
        return new Thumbnail(save.Bytes("buffer"), format, size, image.Width, format.CanMove ? image.PageHeight : image.Height);
    }

    /// <summary>
    /// A cache inside libvips paints rows that could not be decoded black and lets the operation succeed (8.14); the decoder's error is
    /// then only in libvips's error text.
    /// </summary>
    private static void ThrowIfNoted()
    {
        if (VipsException.IsNoted)
        {
            throw VipsException.TakeLast();
        }
    }

    /// <summary>Refuses by the header alone what would take the whole sandbox to decode.</summary>
    private PictureHeader CheckHeader(PictureFormat format, byte* bytes, long length)
    {
        var frames = settings.KeepsFrames && format is (PictureFormat.Gif or PictureFormat.WebP) ? ",n=-1" : "";
        using var load = new VipsOperation(LoadOperation(format)).Set("buffer", bytes, (nuint)length).Set("access=sequential" + frames).Run();
        using var image = load.Image("out");
        var pixels = (long)image.Width * image.Height;
        if (pixels > settings.MostPixels)
        {
            throw new PictureTooLargeException(
                $"the {format} picture has {image.Width} x {image.Height} = {pixels} pixels, MAX_PIXELS allows {settings.MostPixels}");
        }

        var header = PictureHeader.Of(format, image);
        var scale = settings.Sizes.Max(size => header.Scale(size, settings.Fit));
        budget.Check(format, image, length, settings.Sizes.Count > 1 || header.Moves ? (long)(pixels * scale * scale) : 0);
        return header;
    }

    private static string LoadOperation(PictureFormat format) => format switch
    {
        PictureFormat.Jpeg => "jpegload_buffer",
        PictureFormat.Png => "pngload_buffer",
        PictureFormat.WebP => "webpload_buffer",
        PictureFormat.Gif => "gifload_buffer",
        PictureFormat.Tiff => "tiffload_buffer",
        PictureFormat.Pdf => "pdfload_buffer",
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
}
