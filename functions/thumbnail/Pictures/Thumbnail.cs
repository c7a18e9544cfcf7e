using Glue.Functions.Thumbnail.Vips;

namespace Glue.Functions.Thumbnail.Pictures;

/// <summary>A finished thumbnail; its bytes are libvips's and go with it.</summary>
internal sealed class Thumbnail(VipsBytes bytes, OutputFormat format, ThumbnailSize size, int width, int height) : IDisposable
{
    public ReadOnlySpan<byte> Bytes => bytes.Span;

    public OutputFormat Format { get; } = format;

    /// <summary>The box it was made for.</summary>
    public ThumbnailSize Size { get; } = size;

    public int Width { get; } = width;

    /// <summary>Of one frame.</summary>
    public int Height { get; } = height;

    public void Dispose() => bytes.Dispose();
}
