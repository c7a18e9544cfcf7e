using System.Globalization;
using Glue.Functions.Thumbnail.Pictures;
using Glue.Functions.Thumbnail.Vips;

namespace Glue.Functions.Thumbnail;

/// <summary>
/// What a picture may take of the function's memory. The whole object is held while it is decoded, and some formats can only be decoded
/// as a whole; both are known from the header, so that a picture that does not fit gives an error instead of a killed sandbox.
/// </summary>
internal sealed class MemoryBudget(long memoryBytes)
{
    private const long MiB = 1024 * 1024;

    /// <summary>For the program, libvips with its libraries, and the thumbnail itself (measured: 45 MiB at rest).</summary>
    private const long Reserve = 72 * MiB;

    private readonly long _forPicture = Math.Max(32 * MiB, memoryBytes - Reserve);

    /// <summary>The sandbox's own limit (<c>AWS_LAMBDA_FUNCTION_MEMORY_SIZE</c>, MiB); 512 MiB where there is none.</summary>
    public static MemoryBudget FromEnvironment()
    {
        var text = Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE");
        return new(long.TryParse(text, CultureInfo.InvariantCulture, out var mib) ? mib * MiB : 512 * MiB);
    }

    /// <summary>Largest object that is fetched, in bytes.</summary>
    public long MostObjectBytes => Math.Min(_forPicture / 2, Array.MaxLength);

    /// <param name="format">Of the object.</param>
    /// <param name="header">The whole picture, all frames that will be used below each other.</param>
    /// <param name="objectBytes">Of the object, which is held meanwhile.</param>
    /// <param name="resultPixels">Of the largest result, when it is held to make others of it.</param>
    /// <exception cref="PictureTooLargeException">Decoding would not fit beside the object.</exception>
    public void Check(PictureFormat format, VipsImage header, long objectBytes, long resultPixels)
    {
        const int bytesPerResultPixel = 8; // with transparency, and once more while it is saved
        var pixels = (long)header.Width * (format == PictureFormat.Gif ? header.PageHeight : header.Height);
        var need = objectBytes + (long)(pixels * BytesPerPixel(format, header)) + (resultPixels * bytesPerResultPixel);
        if (need > _forPicture)
        {
            var function = (need + Reserve + MiB - 1) / MiB;
            throw new PictureTooLargeException(
                $"{header.Width} x {header.Height} pixels of this kind of {format} need about {need / MiB} MiB to decode, "
                + $"there are {_forPicture / MiB}: give the function {function} MiB of memory");
        }
    }

    /// <summary>Memory a decoder holds per pixel of the whole picture (of a GIF: of one frame); 0 where it goes row by row.</summary>
    private static double BytesPerPixel(PictureFormat format, VipsImage header) => format switch
    {
        PictureFormat.Jpeg => header.IsInterlaced ? 2 * header.Bands : 0, // progressive: every 16-bit coefficient until the last scan
        PictureFormat.Png => header.IsInterlaced ? header.Bands * header.BytesPerSample : 0,
        PictureFormat.WebP => 4,
        PictureFormat.Gif => 12, // the frame, the canvas, and the canvas that is gone back to
        PictureFormat.Tiff => 0,
        PictureFormat.Pdf => 0, // drawn at the thumbnail's size
        _ => BytesPerHeifPixel(header),
    };

    /// <summary>
    /// Planes of the codec, libheif's, and the converted picture beside each other. Measured with libheif 1.15 (8 bits): 8.4 bytes for
    /// HEVC, whose cameras halve the colour, 13.3 for AV1 in full colour, up to 4 for transparency; twice that above 8 bits.
    /// </summary>
    private static double BytesPerHeifPixel(VipsImage header) =>
        ((header.IsHevc ? 8.5 : 13.5) * header.BytesPerSample) + (header.HasAlpha ? 4 : 0);
}
