using System.Globalization;
using System.Text;
using Glue.Guest.Native;

namespace Glue.Guest.Telemetry;

/// <summary>Posts one batch after the other to an extension's HTTP server, without ever waiting for it.</summary>
internal sealed unsafe class HttpCourier(Poll poll, int index, SubscriptionTerms terms) : ICourier
{
    private const int MaxReply = 64 * 1024;

    private int _fd = -1;
    private byte[] _request = [];
    private int _sent;
    private readonly List<byte> _reply = [];

    public ReadOnlySpan<byte> Begin => "["u8;

    public ReadOnlySpan<byte> Between => ","u8;

    public ReadOnlySpan<byte> End => "]"u8;

    public bool IsBusy => _fd >= 0;

    public bool Send(ReadOnlySpan<byte> batch)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"POST {terms.Path} HTTP/1.1\r\nHost: sandbox.localdomain:{terms.Port}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {batch.Length}\r\n\r\n"));
        _request = [.. head, .. batch];
        _sent = 0;
        _reply.Clear();
        _fd = Loopback.Connect(terms.Port);
        if (_fd < 0)
        {
            return false;
        }

        poll.Add(_fd, Libc.EPOLLIN | Libc.EPOLLOUT, Source.Telemetry, index);
        return true;
    }

    public bool? Serve()
    {
        if (_sent < _request.Length)
        {
            return Write();
        }

        var buffer = stackalloc byte[4096];
        while (true)
        {
            var count = Libc.read(_fd, buffer, 4096);
            if (count < 0)
            {
                return Libc.Errno is Libc.EAGAIN or Libc.EINTR ? null : Over(false);
            }

            _reply.AddRange(new ReadOnlySpan<byte>(buffer, (int)count));
            if (count == 0 || IsWhole() || _reply.Count > MaxReply)
            {
                return Over(IsAccepted());
            }
        }
    }

    public void Close()
    {
        if (IsBusy)
        {
            Over(false);
        }
    }

    private bool? Write()
    {
        fixed (byte* bytes = _request)
        {
            var count = Libc.write(_fd, bytes + _sent, _request.Length - _sent);
            if (count < 0)
            {
                return Libc.Errno is Libc.EAGAIN or Libc.EINTR ? null : Over(false);
            }

            _sent += (int)count;
        }

        if (_sent == _request.Length)
        {
            poll.Change(_fd, Libc.EPOLLIN, Source.Telemetry, index);
        }

        return null;
    }

    private bool IsAccepted()
    {
        var text = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_reply);
        return text.StartsWith("HTTP/1."u8) && text.Length > 9 && text[9] == '2';
    }

    /// <summary>The head is here, with the body it announces: no need to wait for a server that keeps the connection.</summary>
    private bool IsWhole()
    {
        var text = Encoding.Latin1.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_reply));
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var length = text.IndexOf("content-length:", StringComparison.OrdinalIgnoreCase);
        return end > 0 && length > 0 && length < end
            && int.TryParse(text.AsSpan(length + 15)[..text.AsSpan(length + 15).IndexOf('\r')], CultureInfo.InvariantCulture, out var bytes) && text.Length >= end + 4 + bytes;
    }

    private bool Over(bool isAccepted)
    {
        Libc.close(_fd); // leaves the epoll set by itself
        _fd = -1;
        _request = [];
        return isAccepted;
    }
}
