using System.Buffers.Binary;
using System.Text;

namespace Glue.Contracts.Channel;

/// <summary>
/// Head of a <see cref="FrameType.Invoke"/> payload: fixed fields, then the ASCII texts in the order of their lengths, then the
/// first part of the event; the rest follows in <see cref="FrameType.InvokeData"/> frames.
/// </summary>
public readonly record struct InvokeMessage
{
    public const int FixedSize = 16;

    /// <summary>How long the handler may take; the agent's clock runs from the moment the event is handed to the runtime.</summary>
    public uint TimeoutMs { get; init; }

    /// <summary>Length of the whole event.</summary>
    public int EventBytes { get; init; }

    public ushort RequestIdLength { get; init; }

    public ushort ArnLength { get; init; }

    public ushort TraceIdLength { get; init; }

    public ushort ClientContextLength { get; init; }

    /// <summary>Bytes before the first part of the event.</summary>
    public int HeadSize => FixedSize + RequestIdLength + ArnLength + TraceIdLength + ClientContextLength;

    /// <summary>Writes the head and returns its size. Texts must be ASCII without line breaks: they become HTTP headers.</summary>
    public static int Write(
        Span<byte> destination, uint timeoutMs, int eventBytes, string requestId, string arn, string? traceId, string? clientContext)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, timeoutMs);
        BinaryPrimitives.WriteInt32LittleEndian(destination[4..], eventBytes);
        var at = FixedSize;
        at += Append(destination, 8, at, requestId);
        at += Append(destination, 10, at, arn);
        at += Append(destination, 12, at, traceId ?? "");
        at += Append(destination, 14, at, clientContext ?? "");
        return at;
    }

    public static InvokeMessage Read(ReadOnlySpan<byte> payload) => new()
    {
        TimeoutMs = BinaryPrimitives.ReadUInt32LittleEndian(payload),
        EventBytes = BinaryPrimitives.ReadInt32LittleEndian(payload[4..]),
        RequestIdLength = BinaryPrimitives.ReadUInt16LittleEndian(payload[8..]),
        ArnLength = BinaryPrimitives.ReadUInt16LittleEndian(payload[10..]),
        TraceIdLength = BinaryPrimitives.ReadUInt16LittleEndian(payload[12..]),
        ClientContextLength = BinaryPrimitives.ReadUInt16LittleEndian(payload[14..]),
    };

    private static int Append(Span<byte> destination, int lengthAt, int at, string text)
    {
        var length = Encoding.ASCII.GetBytes(text, destination[at..]);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[lengthAt..], checked((ushort)length));
        return length;
    }
}
