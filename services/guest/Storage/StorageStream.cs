using Glue.Contracts.Channel;
using Glue.Guest.Native;

namespace Glue.Guest.Storage;

/// <summary>One TCP connection of the function to the storage port, and its stream on the channel.</summary>
internal sealed class StorageStream(int slot)
{
    public int Slot { get; } = slot;

    /// <summary>-1: the slot is free.</summary>
    public int Fd { get; set; } = -1;

    /// <summary>Number on the channel: the slot in the low byte, a count above it, so that a late frame of a former stream is recognised.</summary>
    public int Number { get; set; }

    /// <summary>Bytes the worker is ready to take.</summary>
    public int Credit { get; set; }

    /// <summary>Bytes given to the function since the worker was last told.</summary>
    public int Returned { get; set; }

    /// <summary>From the worker, not yet taken by the function's socket.</summary>
    public NativeBuffer Backlog { get; } = new(ChannelProtocol.MaxStreamData);

    /// <summary>The function sends no more.</summary>
    public bool IsReadClosed { get; set; }

    /// <summary>The worker sends no more.</summary>
    public bool IsWriteClosed { get; set; }

    public uint Interest { get; set; }

    public void Reset(int fd, int number)
    {
        Fd = fd;
        Number = number;
        Credit = ChannelProtocol.InitialCredit;
        Returned = 0;
        IsReadClosed = IsWriteClosed = false;
        Interest = 0;
        Backlog.Release();
    }
}
