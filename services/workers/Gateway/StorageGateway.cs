using System.Globalization;
using System.IO.Pipelines;
using Glue.Foundation.InProcess;
using Glue.Workers.Sandboxes;

namespace Glue.Workers.Gateway;

/// <summary>
/// Hands the byte streams that come out of sandboxes to Kestrel, as connections of an endpoint that has no socket: S3 is HTTP, and HTTP
/// from untrusted code is best read by the server that reads it everywhere else.
/// </summary>
internal sealed class StorageGateway : IStorageGateway
{
    private long _lastId;

    /// <summary>Kestrel's address for connections that come out of sandboxes.</summary>
    public static InProcessEndPoint EndPoint { get; } = new("storage-gateway");

    public InProcessListener Listener { get; } = new(EndPoint);

    public void Accept(IDuplexPipe connection, SandboxIdentity who)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{who.SandboxId}:{Interlocked.Increment(ref _lastId)}");
        var accepted = new InProcessConnection(id, connection, EndPoint);
        accepted.Features.Set<ISandboxConnection>(new SandboxConnection(who));
        if (!Listener.TryAccept(accepted))
        {
            var refused = new IOException("The storage gateway is not taking connections.");
            connection.Input.Complete(refused);
            connection.Output.Complete(refused);
        }
    }

    private sealed record SandboxConnection(SandboxIdentity Sandbox) : ISandboxConnection;
}
