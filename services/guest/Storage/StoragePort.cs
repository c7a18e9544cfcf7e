using System.Buffers.Binary;
using Glue.Contracts.Channel;
using Glue.Guest.Channel;
using Glue.Guest.Native;

namespace Glue.Guest.Storage;

/// <summary>
/// The storage gateway's port inside a microVM. Each connection becomes a stream on the channel, with credits both ways: neither
/// a function that does not read nor a store that is slow can hold up another stream or a control frame.
/// </summary>
internal sealed unsafe class StoragePort
{
    // Credit goes back in lumps: a frame per small read would cost more than it tells.
    private const int CreditLump = ChannelProtocol.InitialCredit / 4;

    private readonly ChannelLink _channel;
    private readonly Poll _poll;
    private readonly StorageStream[] _streams = new StorageStream[ChannelProtocol.MaxStreams];
    private readonly int _listener;
    private int _open;
    private int _count;
    private bool _isListening = true;

    public StoragePort(ChannelLink channel, Poll poll)
    {
        _channel = channel;
        _poll = poll;
        for (var i = 0; i < _streams.Length; i++)
        {
            _streams[i] = new StorageStream(i);
        }

        _listener = Loopback.Listen(ChannelProtocol.StoragePort, ChannelProtocol.MaxStreams);
        poll.Add(_listener, Libc.EPOLLIN, Source.StorageListener);
    }

    public void Accept()
    {
        var fd = Loopback.Accept(_listener);
        if (fd < 0)
        {
            return;
        }

        var slot = 0;
        while (_streams[slot].Fd >= 0)
        {
            slot++;
        }

        _count = (_count + 1) & 0xffff;
        var stream = _streams[slot];
        stream.Reset(fd, (_count << 8) | slot);
        SetInterest(stream, Libc.EPOLLIN);
        _channel.Send(FrameType.StreamOpen, stream.Number, default(ReadOnlySpan<byte>));
        if (++_open == _streams.Length)
        {
            _poll.Remove(_listener); // the kernel's queue holds the next ones
            _isListening = false;
        }
    }

    /// <summary>A frame of the worker. One of a stream that is gone is late, not wrong.</summary>
    public void Handle(in FrameHeader header, byte* payload)
    {
        var stream = _streams[header.Stream & 0xff];
        if (stream.Fd < 0 || stream.Number != header.Stream)
        {
            return;
        }

        switch (header.Type)
        {
            case FrameType.StreamData:
                Write(stream, new ReadOnlySpan<byte>(payload, header.Length));
                break;
            case FrameType.StreamCredit:
                stream.Credit += BinaryPrimitives.ReadInt32LittleEndian(new ReadOnlySpan<byte>(payload, header.Length));
                UpdateInterest(stream);
                break;
            case FrameType.StreamEof:
                stream.IsWriteClosed = true;
                EndWriting(stream);
                break;
            default:
                Close(stream);
                break;
        }
    }

    /// <summary>A connection can be read or written.</summary>
    public void Serve(int slot, uint events)
    {
        var stream = _streams[slot];
        if (stream.Fd >= 0 && (events & Libc.EPOLLOUT) != 0)
        {
            Write(stream, default);
        }

        if (stream.Fd >= 0 && (events & ~Libc.EPOLLOUT) != 0)
        {
            Read(stream);
        }
    }

    /// <summary>Ends every connection without a word to the worker, which knows of none.</summary>
    public void CloseAll()
    {
        foreach (var stream in _streams)
        {
            if (stream.Fd >= 0)
            {
                Close(stream);
            }
        }
    }

    /// <summary>The channel has room again.</summary>
    public void Resume()
    {
        foreach (var stream in _streams)
        {
            if (stream.Fd >= 0)
            {
                UpdateInterest(stream);
            }
        }
    }

    private void Read(StorageStream stream)
    {
        var size = Math.Min(stream.Credit, ChannelProtocol.MaxStreamData);
        if (!stream.IsReadClosed && size > 0 && !_channel.IsCongested)
        {
            nint count;
            fixed (byte* place = _channel.Begin(size))
            {
                count = Libc.read(stream.Fd, place, size);
            }

            if (count > 0)
            {
                _channel.End(FrameType.StreamData, stream.Number, (int)count);
                stream.Credit -= (int)count;
            }
            else if (count == 0)
            {
                stream.IsReadClosed = true;
                _channel.Send(FrameType.StreamEof, stream.Number, default(ReadOnlySpan<byte>));
                CloseIfDone(stream);
            }
            else if (Libc.Errno is not (Libc.EAGAIN or Libc.EINTR))
            {
                Abort(stream);
            }
        }

        UpdateInterest(stream);
    }

    /// <summary>Gives the function what is waiting for it, then <paramref name="data"/>.</summary>
    private void Write(StorageStream stream, ReadOnlySpan<byte> data)
    {
        var written = 0;
        while (stream.Backlog.Count > 0)
        {
            var count = Libc.write(stream.Fd, stream.Backlog.Pointer, stream.Backlog.Count);
            if (count < 0)
            {
                break;
            }

            stream.Backlog.Consume((int)count);
            written += (int)count;
        }

        if (stream.Backlog.Count == 0 && data.Length > 0)
        {
            fixed (byte* pointer = data)
            {
                var count = (int)Math.Max(0, Libc.write(stream.Fd, pointer, data.Length));
                data = data[count..];
                written += count;
            }
        }

        // Only a full socket is worth waiting for. The errno is still that of the write that fell short, if there was one.
        if ((stream.Backlog.Count > 0 || data.Length > 0) && written == 0 && Libc.Errno is not (Libc.EAGAIN or Libc.EINTR))
        {
            Abort(stream);
            return;
        }

        stream.Backlog.Append(data);
        stream.Returned += written;
        if (stream.Returned >= CreditLump)
        {
            _channel.Send(FrameType.StreamCredit, stream.Number, (uint)stream.Returned);
            stream.Returned = 0;
        }

        EndWriting(stream);
    }

    private void EndWriting(StorageStream stream)
    {
        if (stream.IsWriteClosed && stream.Backlog.Count == 0)
        {
            Libc.shutdown(stream.Fd, Libc.SHUT_WR);
            CloseIfDone(stream);
        }

        UpdateInterest(stream);
    }

    private void CloseIfDone(StorageStream stream)
    {
        if (stream is { IsReadClosed: true, IsWriteClosed: true, Backlog.Count: 0 })
        {
            Close(stream);
        }
    }

    private void Abort(StorageStream stream)
    {
        _channel.Send(FrameType.StreamClose, stream.Number, default(ReadOnlySpan<byte>));
        Close(stream);
    }

    private void Close(StorageStream stream)
    {
        if (stream.Fd < 0)
        {
            return;
        }

        Libc.close(stream.Fd);
        stream.Fd = -1;
        stream.Backlog.Release();
        _open--;
        if (!_isListening)
        {
            _isListening = true;
            _poll.Add(_listener, Libc.EPOLLIN, Source.StorageListener);
        }
    }

    private void UpdateInterest(StorageStream stream)
    {
        if (stream.Fd >= 0)
        {
            SetInterest(
                stream,
                (stream is { IsReadClosed: false, Credit: > 0 } && !_channel.IsCongested ? Libc.EPOLLIN : 0)
                | (stream.Backlog.Count > 0 ? Libc.EPOLLOUT : 0));
        }
    }

    private void SetInterest(StorageStream stream, uint interest)
    {
        if (stream.Interest == interest)
        {
            return;
        }

        // Without any interest a socket leaves the set: a hang-up would be reported turn after turn.
        if (stream.Interest == 0)
        {
            _poll.Add(stream.Fd, interest, Source.Stream, stream.Slot);
        }
        else if (interest == 0)
        {
            _poll.Remove(stream.Fd);
        }
        else
        {
            _poll.Change(stream.Fd, interest, Source.Stream, stream.Slot);
        }

        stream.Interest = interest;
    }
}
