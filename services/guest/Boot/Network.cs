using System.Runtime.InteropServices;
using Glue.Guest.Native;

namespace Glue.Guest.Boot;

/// <summary>The guest's only network: its loopback.</summary>
internal static unsafe class Network
{
    private const nuint SIOCSIFFLAGS = 0x8914;
    private const short IFF_UP = 1;

    public static void BringUpLoopback()
    {
        var request = new InterfaceRequest { Flags = IFF_UP };
        "lo"u8.CopyTo(new Span<byte>(request.Name, 16));
        var fd = Fail.IfNegative(Libc.socket(Libc.AF_INET, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0), "socket");
        Fail.IfNegative(Libc.ioctl(fd, SIOCSIFFLAGS, &request), "bringing up lo");
        Libc.close(fd);
    }

    /// <summary><c>struct ifreq</c>: a name and a union of 24 bytes.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 40)]
    private struct InterfaceRequest
    {
        public fixed byte Name[16];
        public short Flags;
    }
}
