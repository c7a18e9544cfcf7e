using System.Buffers;
using System.Buffers.Binary;
using Glue.Foundation.Files;
using Microsoft.Win32.SafeHandles;

namespace Glue.ObjectStore.Files;

/// <summary>A range of a file with <see cref="BlockSums"/>: every block is read whole and checked before a byte of it is given.</summary>
internal sealed class SummedFileReader : BlobReader
{
    private const int BlockBytes = BlockSums.BlockBytes;

    private readonly string _blob;
    private readonly SafeFileHandle _file;
    private readonly long _blobLength;
    private readonly long _end;
    private readonly uint _seed;
    private readonly long _firstBlock;
    private readonly byte[] _sums;
    private long _position;
    private byte[]? _block; // of a block that is not wanted whole
    private ReadOnlyMemory<byte> _left;

    /// <param name="blob">Its name begins each sum.</param>
    /// <param name="file">Disposed with the reader.</param>
    /// <param name="blobLength">Bytes of the whole blob; the sums are behind them.</param>
    /// <param name="offset">Of the range.</param>
    /// <param name="length">Of the range; at least 1.</param>
    /// <exception cref="BodyDamagedException">The file is shorter than it was written.</exception>
    public SummedFileReader(string blob, SafeFileHandle file, long blobLength, long offset, long length)
    {
        (_blob, _file, _blobLength, _position, _end) = (blob, file, blobLength, offset, offset + length);
        _seed = BlockSums.Seed(blob);
        _firstBlock = offset / BlockBytes;
        _sums = new byte[(((_end - 1) / BlockBytes) - _firstBlock + 1) * BlockSums.SumBytes];
        try
        {
            Fill(RandomAccess.Read(file, _sums, blobLength + (_firstBlock * BlockSums.SumBytes)), _sums.Length);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        if (_left.IsEmpty && _position < _end && WholeBlocks(into.Length) is var whole and > 0)
        {
            await ReadBlocksAsync(into[..whole], _position, cancellationToken);
            _position += whole;
            return whole;
        }

        if (_left.IsEmpty && _position < _end)
        {
            var start = _position / BlockBytes * BlockBytes;
            var bytes = (_block ??= ArrayPool<byte>.Shared.Rent(BlockBytes)).AsMemory(0, (int)Math.Min(BlockBytes, _blobLength - start));
            await ReadBlocksAsync(bytes, start, cancellationToken);
            var stop = Math.Min(_end, start + bytes.Length);
            _left = bytes[(int)(_position - start)..(int)(stop - start)];
            _position = stop;
        }

        var read = Math.Min(into.Length, _left.Length);
        _left[..read].CopyTo(into);
        _left = _left[read..];
        return read;
    }

    public override void Dispose()
    {
        _file.Dispose();
        if (_block is { } rented)
        {
            _block = null;
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <returns>Bytes that begin and end with a block, lie in the range and fit: they are read to where they are wanted.</returns>
    private int WholeBlocks(int room)
    {
        if (_position % BlockBytes != 0)
        {
            return 0;
        }

        var bytes = Math.Min(room, _end - _position);
        return (int)(_position + bytes == _blobLength ? bytes : bytes - (bytes % BlockBytes));
    }

    private async ValueTask ReadBlocksAsync(Memory<byte> into, long start, CancellationToken cancellationToken)
    {
        for (var filled = 0; filled < into.Length;)
        {
            // Mostly it is in the page cache: reading it here is quicker than a hop to another thread, which only the disk is worth.
            var read = PageCache.TryRead(_file, into.Span[filled..], start + filled);
            if (read == 0)
            {
                read = await RandomAccess.ReadAsync(_file, into[filled..], start + filled, cancellationToken);
            }

            Fill(read, least: 1);
            filled += read;
        }

        for (var checkedBytes = 0; checkedBytes < into.Length; checkedBytes += BlockBytes)
        {
            var number = (start + checkedBytes) / BlockBytes;
            var block = into.Span[checkedBytes..Math.Min(into.Length, checkedBytes + BlockBytes)];
            var expected = BinaryPrimitives.ReadUInt32LittleEndian(_sums.AsSpan((int)(number - _firstBlock) * BlockSums.SumBytes));
            if (BlockSums.Of(_seed, number, block) != expected)
            {
                throw new BodyDamagedException(_blob, $"the 64 KiB from byte {number * BlockBytes} do not have their checksum");
            }
        }
    }

    private void Fill(int read, int least)
    {
        if (read < least)
        {
            throw new BodyDamagedException(_blob, $"the file is shorter than the {_blobLength} bytes that were written, and their checksums");
        }
    }
}
