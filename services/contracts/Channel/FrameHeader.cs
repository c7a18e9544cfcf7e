using System.Buffers.Binary;

namespace Glue.Contracts.Channel;

/// <summary>Eight bytes before every payload, little-endian: u32 payload length, u8 type, u24 stream number (0 for control frames).</summary>
/// <param name="Length">Payload bytes, 0 to <see cref="ChannelProtocol.MaxPayload"/>.</param>
/// <param name="Type">What the payload is.</param>
/// <param name="Stream">Which stream it belongs to, 0 to 2^24 - 1.</param>
public readonly record struct FrameHeader(int Length, FrameType Type, int Stream)
{
    public const int Size = 8;

    public const int MaxStream = (1 << 24) - 1;

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt32LittleEndian(destination, Length);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], (uint)Type | ((uint)Stream << 8));
    }

    /// <summary>Reads a header. The length is the peer's claim: check <see cref="IsSane"/> before believing it.</summary>
    public static FrameHeader Read(ReadOnlySpan<byte> source)
    {
        var tag = BinaryPrimitives.ReadUInt32LittleEndian(source[4..]);
        return new FrameHeader(BinaryPrimitives.ReadInt32LittleEndian(source), (FrameType)(byte)tag, (int)(tag >> 8));
    }

    /// <summary>False for a length no frame may have.</summary>
    public bool IsSane => (uint)Length <= ChannelProtocol.MaxPayload;
}
