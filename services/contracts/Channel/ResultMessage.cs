using System.Buffers.Binary;

namespace Glue.Contracts.Channel;

/// <summary>
/// Payload of <see cref="FrameType.Result"/>: fixed fields, the runtime's error type (header
/// <c>Lambda-Runtime-Function-Error-Type</c>), then the last part of the answer.
/// </summary>
public readonly record struct ResultMessage
{
    public const int FixedSize = 16;

    public ResultKind Kind { get; init; }

    public ushort ErrorTypeLength { get; init; }

    /// <summary>Since the event was handed to the runtime; for an end during init since the runtime's start.</summary>
    public uint DurationMicros { get; init; }

    /// <summary>Largest resident set of the runtime's process seen so far.</summary>
    public uint MaxRssKiB { get; init; }

    /// <summary>Status of wait(2) for <see cref="ResultKind.Exited"/>, errno for <see cref="ResultKind.NotStarted"/>.</summary>
    public int ExitStatus { get; init; }

    public void Write(Span<byte> destination)
    {
        destination[0] = (byte)Kind;
        destination[1] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[2..], ErrorTypeLength);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], DurationMicros);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], MaxRssKiB);
        BinaryPrimitives.WriteInt32LittleEndian(destination[12..], ExitStatus);
    }

    public static ResultMessage Read(ReadOnlySpan<byte> payload) => new()
    {
        Kind = (ResultKind)payload[0],
        ErrorTypeLength = BinaryPrimitives.ReadUInt16LittleEndian(payload[2..]),
        DurationMicros = BinaryPrimitives.ReadUInt32LittleEndian(payload[4..]),
        MaxRssKiB = BinaryPrimitives.ReadUInt32LittleEndian(payload[8..]),
        ExitStatus = BinaryPrimitives.ReadInt32LittleEndian(payload[12..]),
    };
}
