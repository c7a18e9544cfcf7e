using System.Runtime.InteropServices;

namespace Glue.Functions.Decompress.Archives;

/// <summary>A stream's next bytes in native memory, where ISA-L reads them.</summary>
/// <param name="source">Read from where it stands; its owner closes it.</param>
internal sealed unsafe class SourceBuffer(Stream source) : IDisposable
{
    public const int Bytes = 256 * 1024;

    private byte* _memory = (byte*)NativeMemory.Alloc(Bytes);
    private int _taken;

    public byte* Next => _memory + _taken;

    public int Available { get; private set; }

    public ReadOnlySpan<byte> Span => new(Next, Available);

    public void Take(int bytes)
    {
        _taken += bytes;
        Available -= bytes;
    }

    /// <summary>Reads on behind what is left.</summary>
    /// <returns>False at the source's end.</returns>
    public bool Fill()
    {
        Span.CopyTo(new Span<byte>(_memory, Available));
        _taken = 0;
        var read = source.Read(new Span<byte>(_memory + Available, Bytes - Available));
        Available += read;
        return read > 0;
    }

    /// <returns>False when the source ends before.</returns>
    public bool Ensure(int bytes)
    {
        while (Available < bytes)
        {
            if (!Fill())
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Goes to a place of the source: within what is there already, else by seeking.</summary>
    public void GoTo(long position)
    {
        var ahead = position - (source.Position - Available);
        if (ahead >= 0 && ahead <= Available)
        {
            Take((int)ahead);
        }
        else
        {
            Take(Available);
            source.Position = position;
        }
    }

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _memory = null;
    }
}
