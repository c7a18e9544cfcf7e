using System.Net;
using System.Net.Sockets;

namespace Glue.TestKit;

/// <summary>For servers that cannot be told to take any free port and say which.</summary>
public static class Ports
{
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
