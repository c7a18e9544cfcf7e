using Glue.Contracts.Channel;
using Glue.Guest.Native;

namespace Glue.Guest.Channel;

/// <summary>
/// The agent's end of the channel. Frames are put together in one output buffer and leave in one write at the end of each turn of
/// the loop. <see cref="IsCongested"/> is the back-pressure for everything a function can produce: while it holds, nobody reads
/// logs, answers or streams, so the buffer stays bounded.
/// </summary>
internal sealed unsafe class ChannelLink(int fd, Poll poll)
{
    // Above this the producers stop; one turn of the loop may still add what it has begun.
    private const int HighWater = 256 * 1024;

    private const int LeaveTakingMs = 60_000;

    private readonly NativeBuffer _input = new(128 * 1024);
    private readonly NativeBuffer _output = new(HighWater + (128 * 1024));
    private bool _waitsForRoom;
    private bool _wasCongested;

    public bool IsCongested => _output.Count > HighWater;

    /// <summary>True once after congestion ended: the producers may read again.</summary>
    public bool TakeRelief()
    {
        if (_wasCongested && !IsCongested)
        {
            _wasCongested = false;
            return true;
        }

        return false;
    }

    public void Start()
    {
        Libc.fcntl(fd, Libc.F_SETFD, Libc.FD_CLOEXEC);
        Libc.fcntl(fd, Libc.F_SETFL, Libc.fcntl(fd, Libc.F_GETFL, 0) | Libc.O_NONBLOCK);
        poll.Add(fd, Libc.EPOLLIN, Source.Channel);
    }

    /// <summary>Reads once. False: the worker is gone.</summary>
    public bool Receive()
    {
        var place = _input.Reserve(ChannelProtocol.MaxPayload);
        var count = Libc.read(fd, place, _input.Free);
        if (count > 0)
        {
            _input.Commit((int)count);
            return true;
        }

        return count < 0 && Libc.Errno is Libc.EAGAIN or Libc.EINTR;
    }

    /// <summary>The next whole frame, valid until the next <see cref="Receive"/>.</summary>
    public bool TryTake(out FrameHeader header, out byte* payload)
    {
        header = default;
        payload = null;
        if (_input.Count < FrameHeader.Size)
        {
            return false;
        }

        header = FrameHeader.Read(_input.Bytes);
        if (!header.IsSane)
        {
            throw new InvalidDataException("the worker sent a frame that is too long");
        }

        var size = FrameHeader.Size + header.Length;
        if (_input.Count < size)
        {
            return false;
        }

        // The bytes stay in place: consuming only moves the start, and nothing is received while a frame is handled.
        payload = _input.Pointer + FrameHeader.Size;
        _input.Consume(size);
        return true;
    }

    public void Send(FrameType type, int stream, ReadOnlySpan<byte> payload)
    {
        var frame = Begin(payload.Length);
        payload.CopyTo(frame);
        End(type, stream, payload.Length);
    }

    public void Send(FrameType type, int stream, uint value)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(Begin(sizeof(uint)), value);
        End(type, stream, sizeof(uint));
    }

    /// <summary>Room for a payload of up to <paramref name="size"/> bytes, to be filled in place and closed by <see cref="End"/>.</summary>
    public Span<byte> Begin(int size) => new(_output.Reserve(FrameHeader.Size + size) + FrameHeader.Size, size);

    /// <summary>Closes the frame begun last; one that is not closed was never there.</summary>
    public void End(FrameType type, int stream, int length)
    {
        var header = _output.Reserve(FrameHeader.Size + length);
        new FrameHeader(length, type, stream).Write(new Span<byte>(header, FrameHeader.Size));
        _output.Commit(FrameHeader.Size + length);
    }

    /// <summary>Writes what is waiting, as far as the channel takes it. False: the worker is gone.</summary>
    public bool Flush()
    {
        _wasCongested |= IsCongested; // the producers of this turn saw it, even if all of it leaves now
        while (_output.Count > 0)
        {
            var count = Libc.write(fd, _output.Pointer, _output.Count);
            if (count >= 0)
            {
                _output.Consume((int)count);
            }
            else if (Libc.Errno == Libc.EAGAIN)
            {
                break;
            }
            else if (Libc.Errno != Libc.EINTR)
            {
                return false;
            }
        }

        var waits = _output.Count > 0;
        if (waits != _waitsForRoom)
        {
            _waitsForRoom = waits;
            poll.Change(fd, waits ? Libc.EPOLLIN | Libc.EPOLLOUT : Libc.EPOLLIN, Source.Channel);
        }

        return true;
    }

    /// <summary>The last words: writes everything, waiting for the worker as long as it takes. False: the worker is gone.</summary>
    /// <remarks>Never with a blocking write: a virtio port's spins in the guest's kernel until the host has taken the bytes.</remarks>
    public bool FlushAll()
    {
        while (Flush())
        {
            if (_output.Count == 0)
            {
                return true;
            }

            if (HangsUp(Libc.POLLOUT, timeoutMs: -1))
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>
    /// Says that everything has been said, and waits for the worker to end the guest once it has read it. The guest's own way out, after a minute, is for a worker
    /// that never does.
    /// </summary>
    public void TakeLeave()
    {
        Send(FrameType.Over, 0, []);
        if (FlushAll())
        {
            HangsUp(0, LeaveTakingMs);
        }
    }

    /// <summary>Waits for one of these events, or for the worker to go: then it is true.</summary>
    private bool HangsUp(short events, int timeoutMs)
    {
        var request = new Libc.PollRequest { Fd = fd, Events = events };
        Libc.poll(&request, 1, timeoutMs);
        return (request.Happened & Libc.POLLHUP) != 0;
    }
}
