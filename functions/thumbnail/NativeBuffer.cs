using System.Runtime.InteropServices;

namespace Glue.Functions.Thumbnail;

/// <summary>An object's bytes outside the managed heap: given back to the system as soon as the thumbnail is made.</summary>
internal sealed unsafe class NativeBuffer(long length) : IDisposable
{
    public byte* Start { get; private set; } = (byte*)NativeMemory.Alloc((nuint)length);

    public long Length { get; } = length;

    public Span<byte> Span => new(Start, checked((int)Length));

    public void Dispose()
    {
        NativeMemory.Free(Start);
        Start = null;
    }
}
