using System.Net;
using System.Net.Sockets;

namespace Glue.Workers.Gateway;

/// <summary>Kestrel's address for connections that come out of sandboxes: no socket is behind it.</summary>
public sealed class StorageGatewayEndPoint : EndPoint
{
    private StorageGatewayEndPoint()
    {
    }

    public static StorageGatewayEndPoint Instance { get; } = new();

    /// <summary>None. The base class throws, and Kestrel asks for it as soon as somebody listens to its connection metrics.</summary>
    public override AddressFamily AddressFamily => AddressFamily.Unspecified;

    public override string ToString() => "storage-gateway";
}
