using System.Buffers;
using System.Net.Sockets;

namespace Glue.Workers.Channels;

/// <summary>
/// Sends frames: at once on the caller's thread while the socket takes them (it nearly always does: one system call, no hop), and
/// behind a queue once it does not.
/// </summary>
internal sealed class ChannelWriter
{
    // An agent that does not read its channel is not ours; what credits and single invocations allow fits well below.
    private const int MaxQueuedBytes = 64 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Socket _socket;
    private ArrayBufferWriter<byte>? _queue;
    private long _queued;
    private bool _isBroken;

    public ChannelWriter(Socket socket)
    {
        _socket = socket;
        socket.Blocking = false;
    }

    /// <summary>Sends whole frames. A dead channel is not told here: the reader finds out.</summary>
    public void Send(ReadOnlySpan<byte> frames)
    {
        lock (_lock)
        {
            if (_isBroken)
            {
                return;
            }

            if (_queue is null)
            {
                frames = frames[TrySend(frames)..];
                if (frames.Length == 0 || _isBroken)
                {
                    return;
                }

                _queue = new ArrayBufferWriter<byte>(frames.Length);
                _queue.Write(frames);
                _queued = frames.Length;
                _ = DrainAsync();
                return;
            }

            _queued += frames.Length;
            if (_queued > MaxQueuedBytes)
            {
                _isBroken = true;
                _socket.Shutdown(SocketShutdown.Both); // the reader sees the end, and the sandbox with it
                return;
            }

            _queue.Write(frames);
        }
    }

    private int TrySend(ReadOnlySpan<byte> frames)
    {
        var sent = 0;
        while (sent < frames.Length)
        {
            var count = _socket.Send(frames[sent..], SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                break;
            }

            if (error != SocketError.Success)
            {
                _isBroken = true;
                break;
            }

            sent += count;
        }

        return sent;
    }

    private async Task DrainAsync()
    {
        try
        {
            while (true)
            {
                ArrayBufferWriter<byte> batch;
                lock (_lock)
                {
                    batch = _queue!;
                    if (batch.WrittenCount == 0)
                    {
                        _queue = null;
                        return;
                    }

                    _queue = new ArrayBufferWriter<byte>(4096);
                    _queued = 0;
                }

                for (var rest = batch.WrittenMemory; rest.Length > 0;)
                {
                    rest = rest[await _socket.SendAsync(rest, SocketFlags.None)..];
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            lock (_lock)
            {
                _isBroken = true;
            }
        }
    }
}
