using System.Buffers.Binary;

namespace Glue.ObjectStore.FunctionalTests;

/// <summary>Checksums computed the slow and obvious way, bit by bit.</summary>
internal static class Reference
{
    /// <summary>Base64 of the big-endian value.</summary>
    public static string Crc(int bits, ulong reflectedPolynomial, byte[] bytes)
    {
        var ones = ulong.MaxValue >> (64 - bits);
        var crc = ones;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ reflectedPolynomial;
            }
        }

        var big = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(big, crc ^ ones);
        return Convert.ToBase64String(big.AsSpan(8 - (bits / 8)));
    }
}
