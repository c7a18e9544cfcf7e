using System.Net;
using System.Net.Sockets;

namespace Glue.Dispatcher.Destinations.Webhooks;

/// <summary>
/// Connects to public addresses only. Looked at when connecting, with the address that is then used: a name that answers with a public
/// address first and a private one later gains nothing.
/// </summary>
internal static class PublicAddresses
{
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            // RFC 6890's special-purpose registries, of which a packet stays inside or goes nowhere.
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128", "64:ff9b::/96", "fc00::/7", "fe80::/10", "ff00::/8",
        }.Select(static network => IPNetwork.Parse(network)),
    ];

    public static bool Holds(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !Array.Exists(NotPublic, network => network.Contains(plain));
    }

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = Array.FindAll(await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken), Holds);
        if (addresses.Length == 0)
        {
            throw new DeliveryFailedException($"{context.DnsEndPoint.Host} is no public address; webhooks of this account may only go to those.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
