using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Glue.Functions.Http;

/// <summary>
/// One keep-alive HTTP/1.1 connection, used by one thread at a time, one exchange after the other. It blocks instead of using
/// async sockets: a sandbox runs one event at a time, and without the socket engine's threads a function starts in fewer
/// instructions, which is what counts in an emulated microVM.
/// </summary>
/// <param name="endpoint">Where to connect; the connection is made at the first exchange.</param>
/// <param name="receiveTimeout">Longest silence of the other side; null waits for ever.</param>
public sealed class HttpConnection(HttpEndpoint endpoint, TimeSpan? receiveTimeout = null) : IDisposable
{
    private const int MostHeadBytes = 64 * 1024;
    private const int DrainBytes = 64 * 1024;

    private readonly HttpRequestHead _request = new();
    private byte[] _received = new byte[16 * 1024];
    private int _from;
    private int _to;
    private Socket? _socket;
    private HttpResponse? _response;
    private bool _isFollowed;

    private string? _hostHeader;

    public HttpEndpoint Endpoint { get; } = endpoint;

    /// <summary>Begins a request on this connection; pass what comes back to <see cref="Exchange(HttpRequestHead, ReadOnlySpan{byte}, bool)"/>.</summary>
    public HttpRequestHead Request(string method, string target) => _request.Start(method, target, _hostHeader ??= Endpoint.ToString());

    /// <summary>Sends a request and reads the head of its answer.</summary>
    /// <remarks>
    /// A kept connection that the other side closed meanwhile (idle, or across a restore from a snapshot) is replaced and the
    /// request sent once more; that is only done when not one byte of an answer was seen.
    /// </remarks>
    /// <param name="head">An ended head.</param>
    /// <param name="body">As long as the head's Content-Length says.</param>
    /// <param name="expectsBody">False for HEAD.</param>
    /// <exception cref="HttpFaultException">No connection, or it broke.</exception>
    public HttpResponse Exchange(HttpRequestHead head, ReadOnlySpan<byte> body = default, bool expectsBody = true)
    {
        var kept = LeavePrevious();
        return TryExchange(head, body, default, expectsBody, lastTry: !kept) ?? TryExchange(head, body, default, expectsBody, lastTry: true)!;
    }

    /// <summary>
    /// The same with a second request, complete and without a body, sent right behind the first: one round trip less. Its answer
    /// is read by <see cref="ReceiveFollowing"/>.
    /// </summary>
    public HttpResponse Exchange(HttpRequestHead head, ReadOnlySpan<byte> body, ReadOnlySpan<byte> following)
    {
        var kept = LeavePrevious();
        var response = TryExchange(head, body, following, expectsBody: true, lastTry: !kept)
            ?? TryExchange(head, body, following, expectsBody: true, lastTry: true)!;
        _isFollowed = !response.ClosesConnection;
        return response;
    }

    /// <summary>The answer of the request that was sent behind the last one; null when it is lost with its connection: ask again.</summary>
    public HttpResponse? ReceiveFollowing()
    {
        if (!_isFollowed)
        {
            return null;
        }

        _isFollowed = false;
        if (_response is { } previous && !Drain(previous.Body))
        {
            Abort();
            return null;
        }

        return TryReceiveHead(expectsBody: true);
    }

    /// <summary>The same with a body that is streamed. It is sent again on a fresh connection only if it can seek.</summary>
    public HttpResponse Exchange(HttpRequestHead head, Stream body, long length)
    {
        var kept = LeavePrevious();
        var start = body.CanSeek ? body.Position : 0;
        if (TryExchange(head, body, length, lastTry: !kept || !body.CanSeek) is { } response)
        {
            return response;
        }

        body.Position = start;
        return TryExchange(head, body, length, lastTry: true)!;
    }

    /// <summary>Ends whatever is under way, from any thread; the exchange under way fails.</summary>
    public void Abort() => Interlocked.Exchange(ref _socket, null)?.Dispose();

    public void Dispose() => Abort();

    internal int Receive(Span<byte> buffer)
    {
        if (_from < _to)
        {
            var ready = Math.Min(buffer.Length, _to - _from);
            _received.AsSpan(_from, ready).CopyTo(buffer);
            _from += ready;
            return ready;
        }

        if (buffer.Length >= _received.Length)
        {
            return ReceiveFromSocket(buffer);
        }

        return Fill() ? Receive(buffer) : 0;
    }

    /// <summary>One line without its end; valid until the next receive.</summary>
    internal ReadOnlySpan<byte> ReceiveLine()
    {
        var searched = 0;
        while (true)
        {
            var end = _received.AsSpan(_from + searched, _to - _from - searched).IndexOf((byte)'\n');
            if (end >= 0)
            {
                var line = _received.AsSpan(_from, searched + end);
                _from += searched + end + 1;
                return line.TrimEnd((byte)'\r');
            }

            searched = _to - _from;
            if (searched > MostHeadBytes || !Fill())
            {
                throw new HttpFaultException($"{Endpoint} closed the connection in the middle of a line, or never ended the line.");
            }
        }
    }

    private HttpResponse? TryExchange(HttpRequestHead head, ReadOnlySpan<byte> body, ReadOnlySpan<byte> following, bool expectsBody, bool lastTry)
    {
        try
        {
            var socket = _socket ?? Connect();
            Send(socket, head.Bytes, body, following);
        }
        catch (SocketException) when (!lastTry)
        {
            Abort();
            return null;
        }
        catch (SocketException e) when (_socket is not null)
        {
            // The other side may have answered (refused) before it had read everything: then that answer is what counts.
            return TryReceiveHead(expectsBody) ?? throw Broken(e);
        }

        return TryReceiveHead(expectsBody) ?? (lastTry ? throw Broken(null) : null);
    }

    private HttpResponse? TryExchange(HttpRequestHead head, Stream body, long length, bool lastTry)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            var socket = _socket ?? Connect();
            SendAll(socket, head.Bytes);
            for (var left = length; left > 0;)
            {
                var read = body.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
                if (read == 0)
                {
                    Abort();
                    throw new EndOfStreamException($"The body ended {left} bytes before its announced length of {length}.");
                }

                SendAll(socket, buffer.AsSpan(0, read));
                left -= read;
            }
        }
        catch (SocketException) when (!lastTry)
        {
            Abort();
            return null;
        }
        catch (SocketException e) when (_socket is not null)
        {
            return TryReceiveHead(expectsBody: true) ?? throw Broken(e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return TryReceiveHead(expectsBody: true) ?? (lastTry ? throw Broken(null) : null);
    }

    /// <returns>Null when the connection ended before the first byte.</returns>
    private HttpResponse? TryReceiveHead(bool expectsBody)
    {
        var searched = 0;
        while (true)
        {
            var unread = _received.AsSpan(_from, _to - _from);
            var end = unread[searched..].IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                searched = Math.Max(0, unread.Length - 3);
                if (unread.Length > MostHeadBytes)
                {
                    throw new HttpFaultException($"{Endpoint} sent a head of more than {MostHeadBytes} bytes.");
                }

                if (Fill())
                {
                    continue;
                }

                Abort();
                return unread.IsEmpty ? null : throw new HttpFaultException($"{Endpoint} closed the connection in the middle of an answer's head.");
            }

            end += searched;
            var response = _response ??= new HttpResponse(this);
            response.Read(unread[..end], expectsBody);
            _from += end + 4;
            if (response.Status >= 200)
            {
                return response;
            }

            searched = 0; // 100 Continue and the like announce the answer, they are not it
        }
    }

    /// <summary>Makes the connection ready for a new exchange.</summary>
    /// <returns>False when a new connection must be made.</returns>
    private bool LeavePrevious()
    {
        if (_isFollowed)
        {
            _isFollowed = false; // its answer was never read, and must not be taken for the next one's
            Abort();
        }

        if (_response is { } previous && _socket is not null && (previous.ClosesConnection || !Drain(previous.Body)))
        {
            Abort();
        }

        if (_socket is null)
        {
            _from = _to = 0;
        }

        return _socket is not null;
    }

    /// <summary>Reads a short rest of a body; a long one costs more than a new connection.</summary>
    private static bool Drain(HttpBodyStream body)
    {
        Span<byte> waste = stackalloc byte[1024];
        try
        {
            for (var total = 0; !body.Ended;)
            {
                total += body.Read(waste);
                if (total > DrainBytes)
                {
                    return false;
                }
            }

            return true;
        }
        catch (HttpFaultException)
        {
            return false; // what broke was no longer wanted
        }
    }

    private Socket Connect()
    {
        _from = _to = 0;
        Socket? socket = null;
        try
        {
            if (IPAddress.TryParse(Endpoint.Host, out var address))
            {
                socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                socket.Connect(new IPEndPoint(address, Endpoint.Port));
            }
            else
            {
                socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                socket.Connect(Endpoint.Host, Endpoint.Port);
            }

            socket.NoDelay = true;
            if (receiveTimeout is { } timeout)
            {
                socket.ReceiveTimeout = (int)timeout.TotalMilliseconds;
                socket.SendTimeout = (int)timeout.TotalMilliseconds;
            }

            return _socket = socket;
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw new HttpFaultException($"No connection to {Endpoint}: {e.Message}.", e);
        }
    }

    /// <summary>What is small leaves in one packet.</summary>
    private static void Send(Socket socket, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, ReadOnlySpan<byte> following)
    {
        const int OnePacket = 8 * 1024;
        var length = head.Length + body.Length + following.Length;
        if (length > head.Length && length <= OnePacket)
        {
            Span<byte> all = stackalloc byte[length];
            head.CopyTo(all);
            body.CopyTo(all[head.Length..]);
            following.CopyTo(all[(head.Length + body.Length)..]);
            SendAll(socket, all);
            return;
        }

        SendAll(socket, head);
        SendAll(socket, body);
        SendAll(socket, following);
    }

    private static void SendAll(Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    private bool Fill()
    {
        if (_from > 0)
        {
            _received.AsSpan(_from, _to - _from).CopyTo(_received);
            _to -= _from;
            _from = 0;
        }

        if (_to == _received.Length)
        {
            Array.Resize(ref _received, _received.Length * 2);
        }

        var read = ReceiveFromSocket(_received.AsSpan(_to));
        _to += read;
        return read > 0;
    }

    /// <returns>0 when the other side has closed or reset the connection.</returns>
    private int ReceiveFromSocket(Span<byte> buffer)
    {
        var socket = _socket ?? throw new HttpFaultException($"The connection to {Endpoint} was ended from this side.");
        try
        {
            var read = socket.Receive(buffer, SocketFlags.None, out var error);
            return error switch
            {
                SocketError.Success => read,
                SocketError.ConnectionReset or SocketError.Shutdown => 0,
                SocketError.TimedOut or SocketError.WouldBlock => throw new HttpFaultException($"{Endpoint} was silent for {receiveTimeout!.Value.TotalSeconds:0.#} s."),
                _ => throw new HttpFaultException($"The connection to {Endpoint} broke: {error}."),
            };
        }
        catch (ObjectDisposedException e)
        {
            throw new HttpFaultException($"The connection to {Endpoint} was ended from this side.", e);
        }
    }

    private HttpFaultException Broken(Exception? cause)
    {
        Abort();
        return new HttpFaultException($"{Endpoint} closed the connection without an answer.", cause);
    }
}
