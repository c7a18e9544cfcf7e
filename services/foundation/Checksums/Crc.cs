using System.Buffers.Binary;

namespace Glue.Foundation.Checksums;

/// <summary>
/// The three cyclic redundancy checks S3 knows, 32 and 64 bits wide, all reflected, starting at and finally inverted with all
/// ones. One table-driven loop of eight bytes a step serves them all.
/// </summary>
public sealed class Crc
{
    private readonly ulong _polynomial;
    private readonly ulong _ones;
    private readonly ulong[] _tables = new ulong[8 * 256];

    private Crc(int bits, ulong reflectedPolynomial)
    {
        Bits = bits;
        _polynomial = reflectedPolynomial;
        _ones = ulong.MaxValue >> (64 - bits);
        for (var value = 0; value < 256; value++)
        {
            var crc = (ulong)value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ reflectedPolynomial;
            }

            _tables[value] = crc;
        }

        for (var i = 256; i < _tables.Length; i++)
        {
            _tables[i] = (_tables[i - 256] >> 8) ^ _tables[_tables[i - 256] & 0xFF];
        }
    }

    /// <summary>ISO-HDLC, as in zip.</summary>
    public static Crc Crc32 { get; } = new(32, 0xEDB88320);

    /// <summary>Castagnoli.</summary>
    public static Crc Crc32C { get; } = new(32, 0x82F63B78);

    /// <summary>As in the NVM Express specification.</summary>
    public static Crc Crc64Nvme { get; } = new(64, 0x9A6C9329AC4BC9B5);

    public int Bits { get; }

    /// <summary>The checksum of <paramref name="bytes"/> after those that gave <paramref name="crc"/> (0 for none).</summary>
    public ulong Append(ulong crc, ReadOnlySpan<byte> bytes)
    {
        var state = crc ^ _ones;
        var tables = _tables.AsSpan();
        while (bytes.Length >= 8)
        {
            state ^= BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            state = tables[(7 * 256) + (int)(state & 0xFF)]
                ^ tables[(6 * 256) + (int)((state >> 8) & 0xFF)]
                ^ tables[(5 * 256) + (int)((state >> 16) & 0xFF)]
                ^ tables[(4 * 256) + (int)((state >> 24) & 0xFF)]
                ^ tables[(3 * 256) + (int)((state >> 32) & 0xFF)]
                ^ tables[(2 * 256) + (int)((state >> 40) & 0xFF)]
                ^ tables[(1 * 256) + (int)((state >> 48) & 0xFF)]
                ^ tables[(int)(state >> 56)];
            bytes = bytes[8..];
        }

        foreach (var value in bytes)
        {
            state = (state >> 8) ^ tables[(int)((state ^ value) & 0xFF)];
        }

        return state ^ _ones;
    }

    /// <summary>The checksum of two runs of bytes, one after the other, from the checksum of each and the second's length.</summary>
    public ulong Combine(ulong first, ulong second, long secondLength)
    {
        // Appending n zero bits multiplies a remainder by x^n: square-and-multiply x^(8 × length).
        var factor = PowerOfX(checked((ulong)secondLength * 8));
        return Multiply(first, factor) ^ second;
    }

    private ulong PowerOfX(ulong exponent)
    {
        var one = 1UL << (Bits - 1); // reflected: the highest bit is x^0
        var result = one;
        for (var square = one >> 1; exponent > 0; exponent >>= 1, square = Multiply(square, square))
        {
            if ((exponent & 1) != 0)
            {
                result = Multiply(result, square);
            }
        }

        return result;
    }

    private ulong Multiply(ulong a, ulong b)
    {
        var product = 0UL;
        for (var bit = 1UL << (Bits - 1); bit != 0; bit >>= 1)
        {
            if ((a & bit) != 0)
            {
                product ^= b;
            }

            b = (b & 1) == 0 ? b >> 1 : (b >> 1) ^ _polynomial;
        }

        return product;
    }
}
