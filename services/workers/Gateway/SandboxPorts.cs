using System.Net.Sockets;
using Glue.Contracts.Channel;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Glue.Workers.Gateway;

/// <summary>Accepts from listening sockets inside sandboxes, with Kestrel's own transport, set up as for the host's other sockets.</summary>
internal sealed class SandboxPorts(IOptionsFactory<SocketTransportOptions> options, ILoggerFactory loggers)
{
    /// <summary>Serves a port until the sandbox is over, and then until the last connection is.</summary>
    /// <param name="port">Closed by this.</param>
    /// <param name="serve">Serves one connection to its end, and ends it with the sandbox.</param>
    /// <param name="sandboxIsOver">Closes the port.</param>
    public async Task ServeAsync(Socket port, Func<ConnectionContext, Task> serve, CancellationToken sandboxIsOver)
    {
        await using var listener = await BindAsync(port);
        using var close = sandboxIsOver.UnsafeRegister(static port => ((Socket)port!).Dispose(), port);
        var room = new SemaphoreSlim(ChannelProtocol.MaxStreams);
        while (true)
        {
            await room.WaitAsync(CancellationToken.None);
            if (await listener.AcceptAsync(CancellationToken.None) is not { } accepted)
            {
                break; // closed
            }

            _ = ServeOneAsync(accepted);
        }

        // All but the place just taken: the transport's memory is theirs until they have ended.
        for (var taken = 1; taken < ChannelProtocol.MaxStreams; taken++)
        {
            await room.WaitAsync(CancellationToken.None);
        }

        async Task ServeOneAsync(ConnectionContext connection)
        {
            try
            {
                await serve(connection);
            }
            finally
            {
                room.Release();
            }
        }
    }

    private ValueTask<IConnectionListener> BindAsync(Socket port)
    {
        var own = options.Create(Options.DefaultName);
        own.CreateBoundListenSocket = _ => port;
        own.Backlog = ChannelProtocol.MaxStreams;
        own.MaxReadBufferSize = ChannelProtocol.InitialCredit; // ahead of a slow store, as on a channel: Kestrel's 1 MiB is no faster, and 256 connections may take it
        own.IOQueueCount = 0; // no queues of its own: a sandbox has few connections, and there may be many sandboxes
        return new SocketTransportFactory(Options.Create(own), loggers).BindAsync(port.LocalEndPoint!);
    }
}
