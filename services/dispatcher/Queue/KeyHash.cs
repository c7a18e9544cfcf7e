using System.Runtime.InteropServices;
using Glue.Foundation.Checksums;

namespace Glue.Dispatcher.Queue;

/// <summary>
/// 64 bits that stand for a long text in an index, so that a page holds many. Two keys with the same ones are taken for one key: harmless where it
/// orders (they wait for each other) and checked where it finds.
/// </summary>
/// <remarks>CRC-64/NVME over the text's UTF-16 units: quick, even, and no secret. Stored: changing it makes what is in the tables unfindable.</remarks>
internal static class KeyHash
{
    public static long Of(string text) => (long)Crc.Crc64Nvme.Append(0, MemoryMarshal.AsBytes(text.AsSpan()));

    public static long? OfAny(string? text) => text is null ? null : Of(text);

    /// <summary>16 bits of the bucket before 48 of the object, so that a bucket's objects stand together.</summary>
    public static long OfObject(string bucket, string key) => FirstOfBucket(bucket) | (Of(bucket + "/" + key) & ObjectBits);

    /// <summary>The smallest of a bucket's; all lie within <see cref="ObjectBits"/> of it.</summary>
    public static long FirstOfBucket(string bucket) => Of(bucket) & ~ObjectBits;

    public const long ObjectBits = (1L << 48) - 1;
}
