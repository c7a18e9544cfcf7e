using System.Buffers.Binary;
using Glue.Contracts.Channel;
using Glue.Guest.Native;

namespace Glue.Guest.Boot;

/// <summary>
/// Two VMs restored from one snapshot are the same to the last bit, clock and random generator included. This makes them differ,
/// before any of the function's code runs.
/// </summary>
internal static unsafe class Awakening
{
    private const nuint RNDADDENTROPY = 0x40085203, RNDRESEEDCRNG = 0x5207;

    // Open from the beginning: fewer steps after a restore.
    private static int _random = -1;

    /// <summary>At boot, before the first snapshot.</summary>
    public static void Prepare()
    {
        fixed (byte* path = "/dev/urandom\0"u8)
        {
            _random = Fail.IfNegative(Libc.open(path, Libc.O_WRONLY | Libc.O_CLOEXEC, 0), "open /dev/urandom");
        }
    }

    /// <param name="payload">A <see cref="ResumeMessage"/>.</param>
    public static void Apply(ReadOnlySpan<byte> payload)
    {
        var nanoseconds = BinaryPrimitives.ReadInt64LittleEndian(payload);
        var time = new Libc.TimeSpec { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
        Fail.IfNegative(Libc.clock_settime(Libc.CLOCK_REALTIME, &time), "clock_settime");
        AddEntropy(payload.Slice(sizeof(long), ResumeMessage.EntropyBytes));
    }

    private static void AddEntropy(ReadOnlySpan<byte> entropy)
    {
        // struct rand_pool_info: entropy in bits, size in bytes, then the bytes.
        var pool = stackalloc byte[8 + ResumeMessage.EntropyBytes];
        var bytes = new Span<byte>(pool, 8 + ResumeMessage.EntropyBytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, entropy.Length * 8);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], entropy.Length);
        entropy.CopyTo(bytes[8..]);
        Fail.IfNegative(Libc.ioctl(_random, RNDADDENTROPY, pool), "RNDADDENTROPY");
        Fail.IfNegative(Libc.ioctl(_random, RNDRESEEDCRNG, null), "RNDRESEEDCRNG");
    }
}
