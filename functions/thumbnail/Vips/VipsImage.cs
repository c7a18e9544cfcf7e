using System.Runtime.InteropServices;

namespace Glue.Functions.Thumbnail.Vips;

/// <summary>A picture in libvips: its header is read, its pixels only when something asks for them.</summary>
internal sealed unsafe class VipsImage(nint handle) : IDisposable
{
    public nint Handle { get; private set; } = handle;

    public int Width => VipsNative.Width(Handle);

    public int Height => VipsNative.Height(Handle);

    public int Bands => VipsNative.Bands(Handle);

    public int BytesPerSample => (int)VipsNative.SampleBytes(VipsNative.SampleFormat(Handle));

    public bool HasAlpha => VipsNative.HasAlpha(Handle) != 0;

    /// <summary>Progressive JPEG, interlaced PNG or GIF: every row is spread over the whole file.</summary>
    public bool IsInterlaced => VipsNative.TypeOfField(Handle, "interlaced") != 0;

    /// <summary>HEIF whose pixels are HEVC's (HEIC), not AV1's (AVIF).</summary>
    public bool IsHevc => VipsNative.TypeOfField(Handle, "heif-compression") != 0
        && VipsNative.TextField(Handle, "heif-compression", out var text) == 0
        && MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text).SequenceEqual("hevc"u8);

    /// <summary>
    /// It has a colour profile, and one for pixels of its kind: cameras and converters leave profiles for RGB in grey pictures, and halves
    /// of profiles.
    /// </summary>
    public bool HasProfile => VipsNative.TypeOfField(Handle, "icc-profile-data") != 0
        && VipsNative.BlobField(Handle, "icc-profile-data", out var profile, out var length) == 0
        && VipsNative.IsProfileFor(Handle, profile, length) != 0;

    /// <summary>Rows of one frame: frames lie below each other.</summary>
    public int PageHeight => VipsNative.PageHeight(Handle);

    /// <summary>Its orientation (EXIF) lays it on its side.</summary>
    public bool IsTurned => VipsNative.IsTurned(Handle) != 0;

    /// <summary>The same picture with its pixels made and kept: they can be read more than once.</summary>
    /// <exception cref="VipsException">The pixels could not be made.</exception>
    public VipsImage ToMemory()
    {
        var copy = VipsNative.CopyToMemory(Handle);
        return copy != 0 ? new VipsImage(copy) : throw VipsException.TakeLast();
    }

    public void Dispose()
    {
        if (Handle != 0)
        {
            VipsNative.Unref(Handle);
            Handle = 0;
        }
    }
}
