namespace Glue.Guest.Native;

/// <summary>Listening TCP sockets on 127.0.0.1, the only interface a sandbox has.</summary>
internal static unsafe class Loopback
{
    public static int Listen(int port, int backlog)
    {
        var fd = Fail.IfNegative(Libc.socket(Libc.AF_INET, Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0), "socket");
        var on = 1;
        Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_REUSEADDR, &on, sizeof(int));
        // Accepted sockets inherit it: no call per connection, no delayed answer.
        Libc.setsockopt(fd, Libc.IPPROTO_TCP, Libc.TCP_NODELAY, &on, sizeof(int));
        var address = AddressOf(port);
        Fail.IfNegative(Libc.bind(fd, &address, sizeof(Libc.SocketAddress)), "bind");
        Fail.IfNegative(Libc.listen(fd, backlog), "listen");
        return fd;
    }

    /// <summary>Begins to connect: writable once it is, or has failed.</summary>
    /// <returns>-1: nobody listens there.</returns>
    public static int Connect(int port)
    {
        var fd = Fail.IfNegative(Libc.socket(Libc.AF_INET, Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0), "socket");
        var on = 1;
        Libc.setsockopt(fd, Libc.IPPROTO_TCP, Libc.TCP_NODELAY, &on, sizeof(int));
        var address = AddressOf(port);
        if (Libc.connect(fd, &address, sizeof(Libc.SocketAddress)) == 0 || Libc.Errno == Libc.EINPROGRESS)
        {
            return fd;
        }

        Libc.close(fd);
        return -1;
    }

    /// <returns>-1: nobody is waiting (any more), or there is no descriptor left for now.</returns>
    public static int Accept(int listener) => Libc.accept4(listener, null, null, Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC);

    private static Libc.SocketAddress AddressOf(int port) => new()
    {
        Family = Libc.AF_INET,
        PortBigEndian = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness((ushort)port),
        AddressBigEndian = 0x0100007f,
    };
}
