using System.Net;

namespace Glue.Workers.Gateway;

/// <summary>Kestrel's address for connections that come out of sandboxes: no socket is behind it.</summary>
public sealed class StorageGatewayEndPoint : EndPoint
{
    private StorageGatewayEndPoint()
    {
    }

    public static StorageGatewayEndPoint Instance { get; } = new();

    public override string ToString() => "storage-gateway";
}
