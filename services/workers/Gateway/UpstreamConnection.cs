using System.Net;
using System.Net.Sockets;

namespace Glue.Workers.Gateway;

/// <summary>How the gateway reaches stores: that of its own process without a socket, all others over the network.</summary>
internal static class UpstreamConnection
{
    /// <returns>Null: HttpClient's own way does for all.</returns>
    public static Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? Callback(StorageGatewayOptions options) =>
        options.Connect is not { } connect ? null : (context, cancellationToken) => IsOwn(context.DnsEndPoint, options.Upstream())
            ? new(connect())
            : OverNetworkAsync(context.DnsEndPoint, cancellationToken);

    private static bool IsOwn(DnsEndPoint to, Uri own) => to.Host == own.Host && to.Port == own.Port;

    private static async ValueTask<Stream> OverNetworkAsync(DnsEndPoint to, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(to, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
