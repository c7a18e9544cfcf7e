using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;
using Glue.Workers.Sandboxes;
using Microsoft.AspNetCore.Connections;

namespace Glue.Workers.Gateway;

/// <summary>
/// Hands the byte streams that come out of sandboxes to Kestrel, as connections of an endpoint that has no socket: S3 is HTTP, and HTTP
/// from untrusted code is best read by the server that reads it everywhere else.
/// </summary>
internal sealed class StorageGateway : IStorageGateway, IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    /// <summary>Accepted and not yet taken by Kestrel, which takes them at once.</summary>
    private const int MostWaiting = 1024;

    private readonly Channel<ConnectionContext> _waiting = Channel.CreateBounded<ConnectionContext>(MostWaiting);
    private long _lastId;

    public void Accept(IDuplexPipe connection, SandboxIdentity who)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{who.SandboxId}:{Interlocked.Increment(ref _lastId)}");
        if (!_waiting.Writer.TryWrite(new SandboxConnection(id, connection, who)))
        {
            var refused = new IOException("The storage gateway is not taking connections.");
            connection.Input.Complete(refused);
            connection.Output.Complete(refused);
        }
    }

    public bool CanBind(EndPoint endpoint) => endpoint is StorageGatewayEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(new Listener(_waiting, endpoint));

    private sealed class Listener(Channel<ConnectionContext> waiting, EndPoint endpoint) : IConnectionListener
    {
        public EndPoint EndPoint { get; } = endpoint;

        /// <returns>Null once unbound: Kestrel stops asking.</returns>
        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await waiting.Reader.WaitToReadAsync(cancellationToken))
            {
                if (waiting.Reader.TryRead(out var connection))
                {
                    return connection;
                }
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            waiting.Writer.TryComplete();
            return ValueTask.CompletedTask;
        }

        public async ValueTask DisposeAsync()
        {
            waiting.Writer.TryComplete();
            while (waiting.Reader.TryRead(out var connection))
            {
                await connection.DisposeAsync();
            }
        }
    }
}
