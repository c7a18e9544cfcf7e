using System.Runtime.InteropServices;

namespace Glue.Guest.Native;

/// <summary>
/// A byte queue in native memory: append at the end, consume from the start. Grows on demand up to what its owner lets in, and
/// falls back to its first size when it has been emptied, so that one large event does not stay resident.
/// </summary>
internal sealed unsafe class NativeBuffer(int initialCapacity)
{
    private byte* _memory;
    private int _capacity;
    private int _start;
    private int _end;

    public int Count => _end - _start;

    public byte* Pointer => _memory + _start;

    public Span<byte> Bytes => new(_memory + _start, _end - _start);

    /// <summary>Makes room for <paramref name="size"/> more bytes and returns where they go; <see cref="Commit"/> counts them in.</summary>
    public byte* Reserve(int size)
    {
        if (_capacity - _end < size)
        {
            MakeRoom(size);
        }

        return _memory + _end;
    }

    /// <summary>Room behind the last byte without growing.</summary>
    public int Free => _capacity - _end;

    public void Commit(int count) => _end += count;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(new Span<byte>(Reserve(bytes.Length), bytes.Length));
        _end += bytes.Length;
    }

    public void Consume(int count)
    {
        _start += count;
        if (_start == _end)
        {
            Clear();
        }
    }

    public void Clear()
    {
        _start = _end = 0;
        if (_capacity > initialCapacity)
        {
            Release();
        }
    }

    /// <summary>Gives all memory back; the buffer stays usable.</summary>
    public void Release()
    {
        NativeMemory.Free(_memory);
        _memory = null;
        _capacity = _start = _end = 0;
    }

    private void MakeRoom(int size)
    {
        var count = Count;
        if (_capacity - count >= size && _start > 0)
        {
            Buffer.MemoryCopy(_memory + _start, _memory, _capacity, count);
        }
        else
        {
            var capacity = Math.Max(initialCapacity, _capacity);
            while (capacity - count < size)
            {
                capacity = checked(capacity * 2); // 1 GiB: its owner has let in what it should not
            }

            var memory = (byte*)NativeMemory.Alloc((nuint)capacity);
            Buffer.MemoryCopy(_memory + _start, memory, capacity, count);
            NativeMemory.Free(_memory);
            _memory = memory;
            _capacity = capacity;
        }

        _start = 0;
        _end = count;
    }
}
