using System.Buffers.Binary;
using System.Collections.Concurrent;
using Glue.Contracts.Channel;
using Glue.Workers.Sandboxes;

namespace Glue.Workers.Channels;

/// <summary>The storage connections of one sandbox, by their stream numbers.</summary>
internal sealed class StreamTable(ChannelWriter writer, IStorageGateway gateway, SandboxIdentity identity)
{
    private readonly ConcurrentDictionary<int, ChannelStream> _streams = new();

    /// <exception cref="ChannelException">The frame is not in order.</exception>
    public void Handle(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.Type == FrameType.StreamOpen)
        {
            Open(header.Stream);
            return;
        }

        // A frame of a stream that this side has just closed is late, not wrong.
        if (!_streams.TryGetValue(header.Stream, out var stream))
        {
            return;
        }

        switch (header.Type)
        {
            case FrameType.StreamData:
                stream.Receive(payload);
                break;
            case FrameType.StreamEof:
                stream.ReceiveEof();
                break;
            case FrameType.StreamCredit when payload.Length == sizeof(uint):
                stream.ReceiveCredit(BinaryPrimitives.ReadUInt32LittleEndian(payload));
                break;
            case FrameType.StreamClose:
                stream.Abort(new IOException("The function closed the connection."));
                break;
            default:
                throw new ChannelException($"a stream frame of type {header.Type} with {payload.Length} bytes");
        }
    }

    /// <summary>The sandbox is over.</summary>
    public void AbortAll()
    {
        foreach (var stream in _streams.Values)
        {
            stream.Abort(new IOException("The sandbox has ended."));
        }
    }

    private void Open(int number)
    {
        if (_streams.Count >= ChannelProtocol.MaxStreams)
        {
            throw new ChannelException($"more than {ChannelProtocol.MaxStreams} open streams");
        }

        var stream = new ChannelStream(number, writer, ended => _streams.TryRemove(ended, out _));
        if (!_streams.TryAdd(number, stream))
        {
            throw new ChannelException($"stream {number} opened twice");
        }

        stream.Start();
        gateway.Accept(stream, identity);
    }
}
