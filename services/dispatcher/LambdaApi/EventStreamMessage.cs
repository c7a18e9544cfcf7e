using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Glue.Foundation.Checksums;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>
/// Messages of <c>application/vnd.amazon.eventstream</c>: total length, headers' length and their CRC-32, the headers, the payload, and the CRC-32 of
/// all of it; integers big-endian (Smithy specification, "Amazon Event Stream", read 2026-11).
/// </summary>
internal static class EventStreamMessage
{
    public const string ContentType = "application/vnd.amazon.eventstream";

    private const int PreludeBytes = 12;
    private const int CrcBytes = 4;
    private const byte StringType = 7;

    /// <summary>Appends an event.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="eventType">Member of the stream's union.</param>
    /// <param name="contentType">Of the payload.</param>
    /// <param name="payload">At most 16 MiB, which is what clients take.</param>
    public static void Write(IBufferWriter<byte> output, string eventType, string contentType, ReadOnlySpan<byte> payload)
    {
        var headers = HeaderBytes(":event-type", eventType) + HeaderBytes(":content-type", contentType) + HeaderBytes(":message-type", "event");
        var total = PreludeBytes + headers + payload.Length + CrcBytes;
        var message = output.GetSpan(total)[..total];
        BinaryPrimitives.WriteInt32BigEndian(message, total);
        BinaryPrimitives.WriteInt32BigEndian(message[4..], headers);
        BinaryPrimitives.WriteUInt32BigEndian(message[8..], (uint)Crc.Crc32.Append(0, message[..8]));
        var rest = message[PreludeBytes..];
        rest = rest[WriteHeader(rest, ":event-type", eventType)..];
        rest = rest[WriteHeader(rest, ":content-type", contentType)..];
        rest = rest[WriteHeader(rest, ":message-type", "event")..];
        payload.CopyTo(rest);
        BinaryPrimitives.WriteUInt32BigEndian(message[^CrcBytes..], (uint)Crc.Crc32.Append(0, message[..^CrcBytes]));
        output.Advance(total);
    }

    private static int HeaderBytes(string name, string value) => 1 + name.Length + 1 + 2 + value.Length;

    private static int WriteHeader(Span<byte> output, string name, string value)
    {
        output[0] = (byte)name.Length;
        var at = 1 + Encoding.ASCII.GetBytes(name, output[1..]);
        output[at++] = StringType;
        BinaryPrimitives.WriteUInt16BigEndian(output[at..], (ushort)value.Length);
        at += 2;
        return at + Encoding.ASCII.GetBytes(value, output[at..]);
    }
}
