using System.Net.Sockets;
using Glue.Contracts.Channel;

namespace Glue.Workers.Channels;

/// <summary>Reads a channel: frames are cut out of one buffer and handled on the thread that received them.</summary>
internal sealed class ChannelReader(Socket socket, IFrameHandler handler)
{
    private const int SmallBuffer = 8 * 1024; // what an idle sandbox costs the worker
    private const int LargeBuffer = ChannelProtocol.MaxPayload + FrameHeader.Size;

    private byte[] _buffer = new byte[SmallBuffer];
    private int _start;
    private int _end;

    /// <summary>Runs until the other side ends the channel.</summary>
    /// <exception cref="ChannelException">It sent something out of order.</exception>
    public async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var count = await socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None);
                if (count == 0)
                {
                    return;
                }

                _end += count;
                HandleAll();
                handler.Settle();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // A reset, or our own end of it: over either way.
        }
    }

    private void HandleAll()
    {
        while (_end - _start >= FrameHeader.Size)
        {
            var header = FrameHeader.Read(_buffer.AsSpan(_start));
            if (!header.IsSane)
            {
                throw new ChannelException($"a frame of {(uint)header.Length} bytes, where {ChannelProtocol.MaxPayload} are allowed");
            }

            var size = FrameHeader.Size + header.Length;
            if (_end - _start < size)
            {
                break;
            }

            handler.Handle(header, _buffer.AsSpan(_start + FrameHeader.Size, header.Length));
            _start += size;
        }

        MakeRoom();
    }

    /// <summary>Moves a begun frame to the front of a buffer that will hold all of it.</summary>
    private void MakeRoom()
    {
        var rest = _buffer.AsSpan(_start, _end - _start);
        var isFilling = _end == _buffer.Length; // much is coming: fewer, larger reads
        if (rest.Length == 0 && !isFilling && _buffer.Length > SmallBuffer)
        {
            _buffer = new byte[SmallBuffer];
        }
        else if ((rest.Length > 0 || isFilling) && _buffer.Length < LargeBuffer)
        {
            var larger = new byte[LargeBuffer];
            rest.CopyTo(larger);
            _buffer = larger;
        }
        else
        {
            rest.CopyTo(_buffer);
        }

        _end = rest.Length;
        _start = 0;
    }
}
