using Glue.Guest.Native;

namespace Glue.Guest.Telemetry;

/// <summary>
/// Writes records, one JSON object to a line, on a connection that stays open. Taken is what the kernel took: nothing is said in answer. A batch whose
/// connection breaks is written again, whole, on the next one.
/// </summary>
internal sealed unsafe class TcpCourier(Poll poll, int index, int port) : ICourier
{
    private int _fd = -1;
    private byte[] _batch = [];
    private int _sent;

    public ReadOnlySpan<byte> Begin => default;

    public ReadOnlySpan<byte> Between => "\n"u8;

    public ReadOnlySpan<byte> End => "\n"u8;

    public bool IsBusy => _sent < _batch.Length;

    public bool Send(ReadOnlySpan<byte> batch)
    {
        if (_fd >= 0)
        {
            poll.Change(_fd, Libc.EPOLLIN | Libc.EPOLLOUT, Source.Telemetry, index);
        }
        else if ((_fd = Loopback.Connect(port)) >= 0)
        {
            poll.Add(_fd, Libc.EPOLLIN | Libc.EPOLLOUT, Source.Telemetry, index);
        }
        else
        {
            return false;
        }

        (_batch, _sent) = (batch.ToArray(), 0);
        return true;
    }

    public bool? Serve()
    {
        var wasBusy = IsBusy;
        if (_fd < 0 || HasLeft() || (wasBusy && !Write()))
        {
            Close();
            return wasBusy ? false : null;
        }

        if (!wasBusy || IsBusy)
        {
            return null;
        }

        _batch = [];
        _sent = 0;
        poll.Change(_fd, Libc.EPOLLIN, Source.Telemetry, index);
        return true;
    }

    public void Close()
    {
        if (_fd >= 0)
        {
            Libc.close(_fd); // leaves the epoll set by itself
        }

        (_fd, _batch, _sent) = (-1, [], 0);
    }

    /// <summary>What it says is of no interest.</summary>
    private bool HasLeft()
    {
        var buffer = stackalloc byte[4096];
        var count = Libc.read(_fd, buffer, 4096);
        return count == 0 || (count < 0 && Libc.Errno is not (Libc.EAGAIN or Libc.EINTR));
    }

    /// <returns>False: the connection is broken.</returns>
    private bool Write()
    {
        fixed (byte* bytes = _batch)
        {
            var count = Libc.write(_fd, bytes + _sent, _batch.Length - _sent);
            _sent += (int)Math.Max(0, count);
            return count >= 0 || Libc.Errno is Libc.EAGAIN or Libc.EINTR;
        }
    }
}
