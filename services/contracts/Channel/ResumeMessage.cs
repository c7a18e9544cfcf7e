using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Glue.Contracts.Channel;

/// <summary>Payload of <see cref="FrameType.Resume"/>: what a guest cannot know after a boot, a restore or a pause.</summary>
public static class ResumeMessage
{
    public const int EntropyBytes = 32;

    public const int Size = sizeof(long) + EntropyBytes;

    /// <summary>The frame's stream number: the guest is a copy, and what it held open to a worker is not open here.</summary>
    public const int Restored = 1;

    /// <summary>A whole frame: the time, in nanoseconds since 1970, and bytes for the kernel's generator that no other guest gets.</summary>
    public static byte[] Frame(DateTimeOffset now, bool isRestored)
    {
        var frame = new byte[FrameHeader.Size + Size];
        new FrameHeader(Size, FrameType.Resume, isRestored ? Restored : 0).Write(frame);
        BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(FrameHeader.Size), (now - DateTimeOffset.UnixEpoch).Ticks * 100);
        RandomNumberGenerator.Fill(frame.AsSpan(FrameHeader.Size + sizeof(long), EntropyBytes));
        return frame;
    }
}
