using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Glue.Foundation.InProcess;

/// <summary>Hands connections to Kestrel that it does not accept itself, as those of an endpoint that has no socket. A service of its host, as <see cref="IConnectionListenerFactory"/>.</summary>
public sealed class InProcessListener(InProcessEndPoint endPoint) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    /// <summary>Accepted and not yet taken by Kestrel, which takes them at once.</summary>
    private const int MostWaiting = 1024;

    private readonly Channel<ConnectionContext> _waiting = Channel.CreateBounded<ConnectionContext>(MostWaiting);

    public InProcessEndPoint EndPoint { get; } = endPoint;

    public bool CanBind(EndPoint endpoint) => EndPoint.Equals(endpoint);

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(new Listener(_waiting, endpoint));

    /// <returns>False: nobody takes connections any more, or too many wait.</returns>
    public bool TryAccept(ConnectionContext connection) => _waiting.Writer.TryWrite(connection);

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
