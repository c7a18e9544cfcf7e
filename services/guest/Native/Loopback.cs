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
        var address = new Libc.SocketAddress
        {
            Family = Libc.AF_INET,
            PortBigEndian = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness((ushort)port),
            AddressBigEndian = 0x0100007f,
        };
        Fail.IfNegative(Libc.bind(fd, &address, sizeof(Libc.SocketAddress)), "bind");
        Fail.IfNegative(Libc.listen(fd, backlog), "listen");
        return fd;
    }

    /// <returns>-1: nobody is waiting (any more), or there is no descriptor left for now.</returns>
    public static int Accept(int listener) => Libc.accept4(listener, null, null, Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC);
}
