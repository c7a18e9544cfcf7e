using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Glue.Host.Composition;

/// <summary>
/// Blocks that Kestrel receives into and sends from. Its own have 4 KiB, and a connection receives one block at a time: an upload of
/// 1 MiB would be 256 system calls, and as many wake-ups. Idle connections hold none.
/// </summary>
internal sealed class TransportBlocks : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    // 32 KiB: decompress of 200 members of 0.6 MB takes a quarter less CPU than with 4 KiB, 64 KiB gain nothing more.
    private const int BlockBytes = 32 * 1024;

    private const int MostKept = 512; // 16 MiB

    private readonly ConcurrentStack<Block> _free = new();
    private int _kept;

    public override int MaxBufferSize => BlockBytes;

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        if (!_free.TryPop(out var block))
        {
            return new Block(this);
        }

        Interlocked.Decrement(ref _kept);
        return block;
    }

    /// <summary>Nothing: all of the process's transports share it, and sandboxes' end before the others.</summary>
    protected override void Dispose(bool disposing)
    {
    }

    private void Return(Block block)
    {
        if (Interlocked.Increment(ref _kept) <= MostKept)
        {
            _free.Push(block);
        }
        else
        {
            Interlocked.Decrement(ref _kept);
        }
    }

    /// <summary>Pinned for life: sockets and their buffers do not move.</summary>
    private sealed class Block(TransportBlocks pool) : IMemoryOwner<byte>
    {
        private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true);

        public Memory<byte> Memory => _bytes;

        public void Dispose() => pool.Return(this);
    }
}
