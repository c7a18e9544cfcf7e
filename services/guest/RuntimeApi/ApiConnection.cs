using Glue.Guest.Native;

namespace Glue.Guest.RuntimeApi;

/// <summary>One keep-alive connection of the runtime to the Runtime API: its socket, what has arrived, what has still to leave.</summary>
internal sealed unsafe class ApiConnection(int index, Poll poll)
{
    public enum Stage : byte
    {
        /// <summary>Waiting for a request's head.</summary>
        Head,

        /// <summary>Reading the body of <see cref="Request"/>.</summary>
        Body,

        /// <summary>Waiting for an event, or for a restore: the answer comes with it.</summary>
        Parked,
    }

    private const int ReadSize = 64 * 1024;

    private int _fd = -1;
    private uint _interest;

    /// <summary>False: the slot is free.</summary>
    public bool IsOpen => _fd >= 0;

    public Stage State { get; set; }

    public NativeBuffer Input { get; } = new(16 * 1024);

    public NativeBuffer Output { get; } = new(4 * 1024);

    public ApiRequest Request { get; } = new();

    /// <summary>Nothing more is read from it until <see cref="Continue"/>.</summary>
    public bool IsPaused => IsOpen && (_interest & Libc.EPOLLIN) == 0;

    public void Open(int fd)
    {
        _fd = fd;
        SetInterest(Libc.EPOLLIN);
    }

    public void Pause() => SetInterest(_interest & ~Libc.EPOLLIN);

    public void Continue() => SetInterest(_interest | Libc.EPOLLIN);

    /// <summary>What it waited for has come: it goes on with the next request.</summary>
    public void Unpark()
    {
        State = Stage.Head;
        Continue();
    }

    /// <summary>Asks the kernel, also of a paused connection: the other end sends no more than what lies there unread.</summary>
    /// <param name="patienceMs">The news may be on its way.</param>
    public bool HasHungUp(int patienceMs)
    {
        var ask = new Libc.PollRequest { Fd = _fd, Events = Libc.POLLRDHUP };
        return Libc.poll(&ask, 1, patienceMs) > 0;
    }

    /// <summary>Reads once. False: nothing came; the connection may have been closed by it.</summary>
    public bool Receive()
    {
        var place = Input.Reserve(State == Stage.Body ? ReadSize : 4096);
        var count = Libc.read(_fd, place, Input.Free);
        if (count > 0)
        {
            Input.Commit((int)count);
            return true;
        }

        if (count == 0 || Libc.Errno is not (Libc.EAGAIN or Libc.EINTR))
        {
            Close();
        }

        return false;
    }

    /// <summary>Writes what is waiting, as far as the runtime takes it. False: the connection is closed.</summary>
    public bool Flush()
    {
        while (Output.Count > 0)
        {
            var count = Libc.write(_fd, Output.Pointer, Output.Count);
            if (count >= 0)
            {
                Output.Consume((int)count);
            }
            else if (Libc.Errno == Libc.EAGAIN)
            {
                break;
            }
            else if (Libc.Errno != Libc.EINTR)
            {
                Close();
                return false;
            }
        }

        SetInterest(Output.Count > 0 ? _interest | Libc.EPOLLOUT : _interest & ~Libc.EPOLLOUT);
        return true;
    }

    /// <summary>Writes what is waiting and these bytes in one call, the bytes from where they lie; what does not fit waits.</summary>
    public void FlushWith(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* pointer = bytes)
        {
            var parts = stackalloc Libc.IoVector[2];
            parts[0] = new Libc.IoVector { Base = Output.Pointer, Length = Output.Count };
            parts[1] = new Libc.IoVector { Base = pointer, Length = bytes.Length };
            var written = (int)Math.Max(0, Libc.writev(_fd, parts, 2)); // an error shows again in Flush
            var ofWaiting = Math.Min(written, Output.Count);
            Output.Consume(ofWaiting);
            bytes = bytes[(written - ofWaiting)..];
        }

        if (bytes.Length > 0)
        {
            Output.Append(bytes);
        }

        Flush();
    }

    public void Close()
    {
        Libc.close(_fd); // leaves the epoll set by itself
        _fd = -1;
        _interest = 0;
        State = Stage.Head;
        Request.Clear();
        Input.Release();
        Output.Release();
    }

    private void SetInterest(uint interest)
    {
        if (_interest == interest)
        {
            return;
        }

        // Without any interest a socket leaves the set: a hang-up would be reported turn after turn.
        if (_interest == 0)
        {
            poll.Add(_fd, interest, Source.ApiConnection, index);
        }
        else if (interest == 0)
        {
            poll.Remove(_fd);
        }
        else
        {
            poll.Change(_fd, interest, Source.ApiConnection, index);
        }

        _interest = interest;
    }
}
