using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Glue.Contracts.Channel;

/// <summary>Payload of <see cref="FrameType.Resume"/>: what a guest cannot know after a boot or a restore.</summary>
public static class ResumeMessage
{
    public const int EntropyBytes = 32;

    public const int Size = sizeof(long) + EntropyBytes;

    /// <summary>The time, in nanoseconds since 1970, and bytes for the kernel's generator that no other guest gets.</summary>
    public static void Write(Span<byte> destination, DateTimeOffset now)
    {
        BinaryPrimitives.WriteInt64LittleEndian(destination, (now - DateTimeOffset.UnixEpoch).Ticks * 100);
        RandomNumberGenerator.Fill(destination.Slice(sizeof(long), EntropyBytes));
    }
}
