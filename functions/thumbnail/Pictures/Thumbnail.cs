using Glue.Functions.Thumbnail.Vips;

namespace Glue.Functions.Thumbnail.Pictures;

/// <summary>A finished thumbnail; its bytes are libvips's and go with it.</summary>
internal sealed class Thumbnail(VipsBytes bytes, OutputFormat format, int width, int height) : IDisposable
{
    public ReadOnlySpan<byte> Bytes => bytes.Span;

    public OutputFormat Format { get; } = format;

    public int Width { get; } = width;

    public int Height { get; } = height;

    public void Dispose() => bytes.Dispose();
}
