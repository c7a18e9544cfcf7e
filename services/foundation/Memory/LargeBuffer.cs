using System.Buffers;
using System.Runtime.InteropServices;

namespace Glue.Foundation.Memory;

/// <summary>
/// Many bytes for a short time, outside of the managed heap: they go back to the system with <see cref="IDisposable.Dispose"/>, whenever the collector next
/// runs, and take room only as far as they were written. For megabytes; the collector's own arrays are cheaper below.
/// </summary>
/// <remarks>
/// Must be disposed: no finalizer does it, for one could run while a span is still in use. Used after its end it throws; what is pinned (by a running read or
/// write) is given back when it is not any more.
/// </remarks>
public sealed unsafe class LargeBuffer : MemoryManager<byte>
{
    private readonly int _length;
    private byte* _bytes;
    private int _holders = 1; // this object, and every pin
    private bool _isDisposed;

    /// <param name="length">Bytes. Not cleared.</param>
    public LargeBuffer(int length)
    {
        _bytes = (byte*)NativeMemory.Alloc((nuint)length);
        _length = length;
    }

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return new Span<byte>(_bytes, _length);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_length, nameof(elementIndex));
        Interlocked.Increment(ref _holders);
        return new MemoryHandle(_bytes + elementIndex, pinnable: this);
    }

    public override void Unpin() => Release();

    protected override void Dispose(bool disposing)
    {
        if (!Interlocked.Exchange(ref _isDisposed, true))
        {
            Release();
        }
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            NativeMemory.Free(_bytes);
            _bytes = null;
        }
    }
}
