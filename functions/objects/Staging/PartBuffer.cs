using System.Runtime.InteropServices;

namespace Glue.Functions.Objects.Staging;

/// <summary>Room for one part, outside the managed heap.</summary>
/// <param name="room">Its bytes.</param>
internal sealed unsafe class PartBuffer(int room) : IDisposable
{
    private byte* _start = (byte*)NativeMemory.Alloc((nuint)room);

    public int Room { get; } = room;

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => new(_start, Length);

    public void Clear() => Length = 0;

    /// <summary>Takes as much of it as there is room for.</summary>
    /// <returns>How much.</returns>
    public int Append(ReadOnlySpan<byte> bytes, int mostBytes)
    {
        var now = Math.Min(bytes.Length, Math.Min(Room, mostBytes) - Length);
        bytes[..now].CopyTo(new Span<byte>(_start + Length, now));
        Length += now;
        return now;
    }

    public void Dispose()
    {
        NativeMemory.Free(_start);
        _start = null;
    }
}
