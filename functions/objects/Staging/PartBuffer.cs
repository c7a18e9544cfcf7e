using System.Runtime.InteropServices;

namespace Glue.Functions.Objects.Staging;

/// <summary>Room for one part, outside the managed heap, used again for the next.</summary>
internal sealed unsafe class PartBuffer : IDisposable
{
    private byte* _start;
    private int _room;

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => new(_start, Length);

    public int Free(int partBytes) => partBytes - Length;

    /// <summary>Empties it for a part of that size.</summary>
    public void Reset(int partBytes)
    {
        Length = 0;
        if (_room < partBytes)
        {
            NativeMemory.Free(_start);
            _start = (byte*)NativeMemory.Alloc((nuint)partBytes);
            _room = partBytes;
        }
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(new Span<byte>(_start + Length, _room - Length));
        Length += bytes.Length;
    }

    public void Dispose()
    {
        NativeMemory.Free(_start);
        _start = null;
        (_room, Length) = (0, 0);
    }
}
