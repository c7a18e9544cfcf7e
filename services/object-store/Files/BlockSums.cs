using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Glue.ObjectStore.Files;

/// <summary>
/// A CRC-32C for every 64 KiB of a blob, kept behind its bytes: whatever range is read, what was not written so is found before it is
/// sent. Each begins with the blob's name and the block's number, so that a block of another place is found too. The processor has an
/// instruction for CRC-32C: it costs about 1 % of a read.
/// </summary>
internal sealed class BlockSums
{
    public const int BlockBytes = 64 * 1024;
    public const int SumBytes = sizeof(uint);

    private readonly uint _seed;
    private readonly List<uint> _done = [];
    private uint _running;
    private int _inBlock;

    public BlockSums(string blob)
    {
        _seed = Seed(blob);
        _running = Begin(_seed, 0);
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var taken = bytes[..Math.Min(bytes.Length, BlockBytes - _inBlock)];
            _running = Crc(_running, taken);
            _inBlock += taken.Length;
            bytes = bytes[taken.Length..];
            if (_inBlock == BlockBytes)
            {
                EndBlock();
            }
        }
    }

    /// <summary>All sums, little-endian, as they stand behind the bytes.</summary>
    public byte[] Finish()
    {
        if (_inBlock > 0)
        {
            EndBlock();
        }

        var sums = new byte[_done.Count * SumBytes];
        for (var i = 0; i < _done.Count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(sums.AsSpan(i * SumBytes), _done[i]);
        }

        return sums;
    }

    public static uint Seed(string blob) => Crc(uint.MaxValue, Encoding.ASCII.GetBytes(blob));

    /// <param name="seed">Of the blob.</param>
    /// <param name="block">Its number, from 0.</param>
    /// <param name="bytes">The whole block.</param>
    public static uint Of(uint seed, long block, ReadOnlySpan<byte> bytes) => ~Crc(Begin(seed, block), bytes);

    private static uint Begin(uint seed, long block) => BitOperations.Crc32C(seed, (ulong)block);

    private void EndBlock()
    {
        _done.Add(~_running);
        _running = Begin(_seed, _done.Count);
        _inBlock = 0;
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }
}
