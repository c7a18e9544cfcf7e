using System.Text;
using Glue.Foundation.Checksums;

namespace Glue.Foundation.Tests.Checksums;

/// <summary>Check values of the CRC catalogue (the checksum of "123456789"). Golden: stored checksums are compared with these.</summary>
public sealed class CrcTests
{
    private static readonly byte[] Digits = Encoding.ASCII.GetBytes("123456789");

    [Theory]
    [InlineData("CRC32", 0xCBF43926)]
    [InlineData("CRC32C", 0xE3069283)]
    [InlineData("CRC64NVME", 0xAE8B14860A799888)]
    public void Known_values(string algorithm, ulong expected) =>
        Assert.Equal(expected, Find(algorithm).Append(0, Digits));

    [Theory]
    [InlineData("CRC32")]
    [InlineData("CRC32C")]
    [InlineData("CRC64NVME")]
    public void Pieces_and_combined_parts_give_the_checksum_of_the_whole(string algorithm)
    {
        var crc = Find(algorithm);
        var random = new Random(7);
        var bytes = new byte[10_000];
        random.NextBytes(bytes);
        var whole = crc.Append(0, bytes);
        for (var i = 0; i < 50; i++)
        {
            var cut = random.Next(bytes.Length + 1);
            var first = crc.Append(0, bytes.AsSpan(0, cut));
            var second = crc.Append(0, bytes.AsSpan(cut));

            Assert.Equal(whole, crc.Append(first, bytes.AsSpan(cut)));
            Assert.Equal(whole, crc.Combine(first, second, bytes.Length - cut));
        }
    }

    private static Crc Find(string algorithm) => ChecksumAlgorithms.FromName(algorithm)!.Value.Crc()!;
}
