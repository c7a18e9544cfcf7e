using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Glue.Workers.Sandboxes;

namespace Glue.Gateway.FunctionalTests;

/// <summary>
/// The storage port of a sandbox. Handed over to the gateway, as a process sandbox's; or standing for a microVM's agent and its channel, where every
/// TCP connection becomes a duplex pipe.
/// </summary>
internal sealed class SandboxBridge : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _isOver = new();

    public SandboxBridge(IStorageGateway gateway, SandboxIdentity sandbox, bool overChannel)
    {
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        Served = overChannel ? AcceptAsync(gateway, sandbox) : gateway.ServeAsync(_listener.Server, sandbox, _isOver.Token);
    }

    public Uri Address { get; }

    /// <summary>Done when the sandbox is over and, of a port that was handed over, its last connection.</summary>
    public Task Served { get; }

    public void End()
    {
        _isOver.Cancel();
        _listener.Stop();
    }

    public async ValueTask DisposeAsync()
    {
        End();
        await Served;
        _listener.Dispose();
        _isOver.Dispose();
    }

    private async Task AcceptAsync(IStorageGateway gateway, SandboxIdentity sandbox)
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync();
                socket.NoDelay = true;
                gateway.Accept(new SocketPipe(new NetworkStream(socket, ownsSocket: true)), sandbox);
            }
        }
        catch (SocketException)
        {
            // Stopped.
        }
    }

    private sealed class SocketPipe(NetworkStream stream) : IDuplexPipe
    {
        public PipeReader Input { get; } = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));

        // Completing the output closes the connection: Kestrel completes the input first.
        public PipeWriter Output { get; } = PipeWriter.Create(stream);
    }
}
