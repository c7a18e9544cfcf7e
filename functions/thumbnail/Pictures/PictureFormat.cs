namespace Glue.Functions.Thumbnail.Pictures;

/// <summary>The formats that are read.</summary>
internal enum PictureFormat
{
    Jpeg,
    Png,
    WebP,
    Gif,
    Tiff,
    Heif,
    Pdf,
}
