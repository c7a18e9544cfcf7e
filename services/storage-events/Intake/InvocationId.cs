using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Glue.Contracts.Storage;

namespace Glue.StorageEvents.Intake;

/// <summary>
/// The deterministic id of record × rule: the same record and rule give the same id in every process and after every restart, so
/// that a repeat is recognised.
/// </summary>
/// <remarks>
/// <para>A UUID version 8 (RFC 9562): the first 16 bytes of SHA-256 over, each as UTF-8 behind its length (4 bytes, big-endian): bucket,
/// key, version id, ETag, sequencer, event name, rule id, function ARN; absent ones are empty. A record without a sequencer is told
/// from others of its key by its time, in milliseconds since 1970.</para>
/// <para>Before the hash's 7th byte stands, as in UUID version 7, what rises with time, so that ids come in order and the queue's index of them takes new
/// ones at its end: the sequencer's first 12 hexadecimal digits (a clock's in Glue's, AWS's and MinIO's), or that time; zero where there is neither.</para>
/// <para>Changing any of this makes known records look new: never do.</para>
/// </remarks>
internal static class InvocationId
{
    /// <summary>The id under which a replay runs a known invocation again: the same for the same two.</summary>
    /// <param name="invocationId">A UUID's text; the new id rises with it.</param>
    /// <param name="replayId">Any text.</param>
    public static string Again(string invocationId, string replayId)
    {
        Span<byte> known = stackalloc byte[16];
        Guid.Parse(invocationId).TryWriteBytes(known, bigEndian: true, out _);
        return OfParts(BinaryPrimitives.ReadUInt64BigEndian(known) >> 16, [invocationId, replayId]);
    }

    public static string Of(ObjectChange change, string ruleId, string functionArn)
    {
        var order = change.Sequencer.Length > 0
            ? change.Sequencer
            : change.Time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        ReadOnlySpan<string> parts =
            [change.Address.ToString(), change.Key, change.VersionId ?? "", change.ETag ?? "", order, change.EventName, ruleId, functionArn];
        return OfParts(Rising(change), parts);
    }

    /// <param name="rising">48 bits.</param>
    /// <param name="parts">What the hash is of.</param>
    private static string OfParts(ulong rising, ReadOnlySpan<string> parts)
    {
        var room = 0;
        foreach (var part in parts)
        {
            room += sizeof(int) + Encoding.UTF8.GetMaxByteCount(part.Length);
        }

        var rented = ArrayPool<byte>.Shared.Rent(room);
        try
        {
            var length = 0;
            foreach (var part in parts)
            {
                var bytes = Encoding.UTF8.GetBytes(part, rented.AsSpan(length + sizeof(int)));
                BinaryPrimitives.WriteInt32BigEndian(rented.AsSpan(length), bytes);
                length += sizeof(int) + bytes;
            }

            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(rented.AsSpan(0, length), hash);
            BinaryPrimitives.WriteUInt64BigEndian(hash, (rising << 16) | BinaryPrimitives.ReadUInt16BigEndian(hash[6..]));
            hash[6] = (byte)((hash[6] & 0x0F) | 0x80); // version 8
            hash[8] = (byte)((hash[8] & 0x3F) | 0x80); // variant of RFC 9562
            return new Guid(hash[..16], bigEndian: true).ToString();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <returns>48 bits.</returns>
    private static ulong Rising(ObjectChange change)
    {
        if (change.Sequencer.Length == 0)
        {
            return (ulong)change.Time.ToUnixTimeMilliseconds() & ((1UL << 48) - 1);
        }

        return change.Sequencer.Length >= 12
            && ulong.TryParse(change.Sequencer.AsSpan(0, 12), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var digits)
            ? digits : 0;
    }
}
