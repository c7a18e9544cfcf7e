using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Glue.Workers.Sandboxes;

namespace Glue.Gateway.FunctionalTests;

/// <summary>Stands for the agent and its channel: every TCP connection becomes a duplex pipe handed to the gateway.</summary>
internal sealed class SandboxBridge : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _accepting;

    public SandboxBridge(IStorageGateway gateway, SandboxIdentity sandbox)
    {
        _listener.Start();
        _accepting = AcceptAsync(gateway, sandbox);
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
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
