namespace Glue.Functions.Thumbnail.Vips;

/// <summary>Bytes that libvips made, in its own memory.</summary>
internal sealed unsafe class VipsBytes(nint blob) : IDisposable
{
    private nint _blob = blob;

    /// <summary>Valid until disposed.</summary>
    public ReadOnlySpan<byte> Span => new(VipsNative.BlobBytes(_blob, out var length), checked((int)length));

    public void Dispose()
    {
        if (_blob != 0)
        {
            VipsNative.UnrefArea(_blob);
            _blob = 0;
        }
    }
}
