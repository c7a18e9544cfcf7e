using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using Glue.Foundation.InProcess;
using Glue.Workers.Sandboxes;
using Microsoft.AspNetCore.Connections;

namespace Glue.Workers.Gateway;

/// <summary>
/// Hands the connections that come out of sandboxes to Kestrel, as those of an endpoint that has no socket: S3 is HTTP, and HTTP
/// from untrusted code is best read by the server that reads it everywhere else.
/// </summary>
internal sealed class StorageGateway(SandboxPorts ports) : IStorageGateway
{
    private long _lastId;

    /// <summary>Kestrel's address for connections that come out of sandboxes.</summary>
    public static InProcessEndPoint EndPoint { get; } = new("storage-gateway");

    public InProcessListener Listener { get; } = new(EndPoint);

    public void Accept(IDuplexPipe connection, SandboxIdentity who)
    {
        if (!TryHandOver(new InProcessConnection(NextId(who), connection, EndPoint), who))
        {
            var refused = new IOException("The storage gateway is not taking connections.");
            connection.Input.Complete(refused);
            connection.Output.Complete(refused);
        }
    }

    public Task ServeAsync(Socket port, SandboxIdentity who, CancellationToken sandboxIsOver) => ports.ServeAsync(
        port,
        async accepted =>
        {
            accepted.ConnectionId = NextId(who);
            var connection = new PortConnection(accepted);
            using var abort = sandboxIsOver.UnsafeRegister(static connection => ((PortConnection)connection!).Abort(new ConnectionAbortedException("The sandbox has ended.")), connection);
            if (!TryHandOver(connection, who))
            {
                await connection.DisposeAsync();
            }

            await connection.Ended;
        },
        sandboxIsOver);

    private string NextId(SandboxIdentity who) => string.Create(CultureInfo.InvariantCulture, $"{who.SandboxId}:{Interlocked.Increment(ref _lastId)}");

    private bool TryHandOver(ConnectionContext connection, SandboxIdentity who)
    {
        connection.Features.Set<ISandboxConnection>(new SandboxConnection(who));
        return Listener.TryAccept(connection);
    }

    private sealed record SandboxConnection(SandboxIdentity Sandbox) : ISandboxConnection;
}
