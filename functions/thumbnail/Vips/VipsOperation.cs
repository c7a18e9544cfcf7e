using GValue = Glue.Functions.Thumbnail.Vips.VipsNative.GValue;

namespace Glue.Functions.Thumbnail.Vips;

/// <summary>One run of a libvips operation: inputs in, built, outputs out.</summary>
internal sealed unsafe class VipsOperation : IDisposable
{
    private const nuint DoubleType = 15 << 2; // G_TYPE_DOUBLE
    private const nuint StringType = 16 << 2; // G_TYPE_STRING

    private nint _operation;

    /// <param name="nickname">As in <c>vips list operation</c>.</param>
    public VipsOperation(string nickname)
    {
        _operation = VipsNative.NewOperation(nickname);
        if (_operation == 0)
        {
            throw VipsException.TakeLast();
        }
    }

    /// <summary>Plain inputs as text: <c>width=256,height=256,size=down</c>.</summary>
    public VipsOperation Set(string options) =>
        VipsNative.SetFromString(_operation, options) == 0 ? this : throw VipsException.TakeLast();

    /// <summary>A text that may hold anything.</summary>
    public VipsOperation Set(string name, string text)
    {
        GValue value = default;
        VipsNative.InitValue(&value, StringType);
        VipsNative.SetString(&value, text);
        VipsNative.SetProperty(_operation, name, &value);
        VipsNative.UnsetValue(&value);
        return this;
    }

    public VipsOperation Set(string name, VipsImage image)
    {
        GValue value = default;
        VipsNative.InitValue(&value, VipsNative.ImageType());
        VipsNative.SetObject(&value, image.Handle);
        VipsNative.SetProperty(_operation, name, &value);
        VipsNative.UnsetValue(&value);
        return this;
    }

    /// <summary>Lends memory to the operation and to the image it makes: it must outlive both.</summary>
    public VipsOperation Set(string name, byte* bytes, nuint length)
    {
        var blob = VipsNative.NewBlob(0, bytes, length);
        GValue value = default;
        VipsNative.InitValue(&value, VipsNative.BlobType());
        VipsNative.SetBoxed(&value, blob);
        VipsNative.SetProperty(_operation, name, &value);
        VipsNative.UnsetValue(&value);
        VipsNative.UnrefArea(blob);
        return this;
    }

    /// <exception cref="VipsException">Refused: bad inputs, or pixels that could not be made.</exception>
    public VipsOperation Run() => VipsNative.Build(_operation) == 0 ? this : throw VipsException.TakeLast();

    public VipsImage Image(string name)
    {
        GValue value = default;
        VipsNative.InitValue(&value, VipsNative.ImageType());
        VipsNative.GetProperty(_operation, name, &value);
        var image = new VipsImage(VipsNative.DupObject(&value));
        VipsNative.UnsetValue(&value);
        return image;
    }

    public VipsBytes Bytes(string name)
    {
        GValue value = default;
        VipsNative.InitValue(&value, VipsNative.BlobType());
        VipsNative.GetProperty(_operation, name, &value);
        var bytes = new VipsBytes(VipsNative.DupBoxed(&value));
        VipsNative.UnsetValue(&value);
        return bytes;
    }

    public double Number(string name)
    {
        GValue value = default;
        VipsNative.InitValue(&value, DoubleType);
        VipsNative.GetProperty(_operation, name, &value);
        return VipsNative.GetDouble(&value);
    }

    public void Dispose()
    {
        if (_operation != 0)
        {
            VipsNative.UnrefOutputs(_operation);
            VipsNative.Unref(_operation);
            _operation = 0;
        }
    }
}
