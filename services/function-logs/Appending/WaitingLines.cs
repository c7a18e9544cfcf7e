using System.Buffers;
using System.Buffers.Binary;

namespace Glue.FunctionLogs.Appending;

/// <summary>
/// Lines of one stream, in order of time, each as time (8 bytes, milliseconds since 1970), length (4 bytes), UTF-8. Stored as they are.
/// </summary>
internal readonly struct WaitingLines(LogStreamName stream, byte[] rented, int length)
{
    public LogStreamName Stream => stream;

    public ReadOnlySpan<byte> Bytes => rented.AsSpan(0, length);

    public int Length => length;

    /// <summary>Appends one line to a buffer that has the room.</summary>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> to, long timeMs, ReadOnlySpan<byte> line)
    {
        BinaryPrimitives.WriteInt64LittleEndian(to, timeMs);
        BinaryPrimitives.WriteInt32LittleEndian(to[sizeof(long)..], line.Length);
        line.CopyTo(to[LogBuffer.LineOverhead..]);
        return LogBuffer.LineOverhead + line.Length;
    }

    /// <summary>Reads the first line of <paramref name="bytes"/> and cuts it off.</summary>
    public static ReadOnlySpan<byte> Read(ref ReadOnlySpan<byte> bytes, out long timeMs)
    {
        timeMs = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        var end = LogBuffer.LineOverhead + BinaryPrimitives.ReadInt32LittleEndian(bytes[sizeof(long)..]);
        var line = bytes[LogBuffer.LineOverhead..end];
        bytes = bytes[end..];
        return line;
    }

    /// <summary>Gives the memory back; nothing of this may be used afterwards.</summary>
    public void Return()
    {
        if (rented.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
