using System.Net;
using System.Net.Sockets;
using Glue.Contracts.Channel;
using Glue.Workers.Channels;

namespace Glue.Workers.Drivers.Process;

/// <summary>The worker's end of the socket pair on which an agent hands over the storage port it has made inside its sandbox. Used once.</summary>
internal sealed class PortHandover(int socket) : IDisposable
{
    private int _socket = socket;

    /// <summary>The listening socket; it has been sent before the agent's first frame. Whatever is sent later reaches nobody.</summary>
    /// <exception cref="ChannelException">It has not, or is something else.</exception>
    public Socket Take()
    {
        var descriptor = _socket < 0 ? -1 : Native.ReceiveDescriptor(_socket);
        Dispose();
        if (descriptor < 0)
        {
            throw new ChannelException("the agent has handed over no storage port: publish services/guest again");
        }

        var handle = new SafeSocketHandle(descriptor, ownsHandle: true);
        try
        {
            var port = new Socket(handle);
            if (port is { AddressFamily: AddressFamily.InterNetwork, SocketType: SocketType.Stream, LocalEndPoint: IPEndPoint { Port: ChannelProtocol.StoragePort } }
                && port.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.AcceptConnection) is not 0)
            {
                return port;
            }
        }
        catch (SocketException)
        {
            // Not a socket at all.
        }

        handle.Dispose();
        throw new ChannelException("what the agent has handed over is not its storage port");
    }

    public void Dispose()
    {
        var open = Interlocked.Exchange(ref _socket, -1);
        if (open >= 0)
        {
            _ = Native.Close(open);
        }
    }
}
