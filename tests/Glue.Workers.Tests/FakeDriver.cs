using System.Net;
using System.Net.Sockets;
using Glue.Contracts.Channel;
using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Workers.Runtimes;
using Glue.Workers.Sandboxes;

namespace Glue.Workers.Tests;

/// <summary>A driver whose agents are tasks of the test: they behave as told, also badly.</summary>
internal sealed class FakeDriver : ISandboxDriver
{
    /// <summary>What an agent sends when it is invoked; by default a response and a poll.</summary>
    public Func<byte[]> OnInvoke { get; set; } = static () => [.. Result("1"u8), .. Frame(FrameType.Ready, 0, new byte[4])];

    /// <summary>What an agent sends when it is to start its runtime; by default the runtime's first poll.</summary>
    public Func<byte[]> OnInit { get; set; } = static () => Frame(FrameType.Ready, 0, [100, 0, 0, 0]);

    /// <summary>Holds starts back until released; null: they go at once.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>Every version is to have a snapshot, and has none.</summary>
    public bool HasSnapshots { get; set; }

    public int Starts { get; private set; }

    public string Name => "fake";

    public SandboxSupport Support { get; } = new("fake", true, []);

    public RuntimeCatalog Runtimes { get; } = new([new(Language.Node, new Version(20, 0), "/usr/bin/node")], new Dictionary<string, string>());

    public bool NeedsSnapshot(FunctionVersion version) => HasSnapshots;

    public static byte[] Frame(FrameType type, int stream, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[FrameHeader.Size + payload.Length];
        new FrameHeader(payload.Length, type, stream).Write(frame);
        payload.CopyTo(frame.AsSpan(FrameHeader.Size));
        return frame;
    }

    public static byte[] Result(ReadOnlySpan<byte> answer)
    {
        var payload = new byte[ResultMessage.FixedSize + answer.Length];
        new ResultMessage { Kind = ResultKind.Response, DurationMicros = 1500, MaxRssKiB = 2048 }.Write(payload);
        answer.CopyTo(payload.AsSpan(ResultMessage.FixedSize));
        return Frame(FrameType.Result, 1, payload);
    }

    public async Task<IRunningSandbox> StartAsync(SandboxSpec spec, CancellationToken cancellationToken)
    {
        Starts++;
        if (Gate is { } gate)
        {
            await gate.Task;
        }

        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var agent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await agent.ConnectAsync(listener.LocalEndPoint!, cancellationToken);
        var worker = await listener.AcceptAsync(cancellationToken);
        _ = AgentAsync(agent);
        return new Running(worker);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task AgentAsync(Socket socket)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        var header = new byte[FrameHeader.Size];
        try
        {
            await stream.WriteAsync(Frame(FrameType.Hello, 0, [1, 0, 0, 0]));
            while (true)
            {
                await stream.ReadExactlyAsync(header);
                var read = FrameHeader.Read(header);
                await stream.ReadExactlyAsync(new byte[read.Length]);
                await stream.WriteAsync(read.Type switch
                {
                    FrameType.Init => OnInit(),
                    FrameType.Invoke => OnInvoke(),
                    _ => [],
                });
            }
        }
        catch (IOException)
        {
            // The worker has ended this sandbox.
        }
    }

    private sealed class Running(Socket channel) : IRunningSandbox
    {
        public Socket Channel => channel;

        public SandboxStart StartKind => SandboxStart.Boot;

        public uint GuardedMemoryKiB => 0;

        public ulong DataLimitBytes => 0;

        public void Kill()
        {
            try
            {
                channel.Shutdown(SocketShutdown.Both);
            }
            catch (SocketException)
            {
                // Gone already.
            }
            catch (ObjectDisposedException)
            {
                // Likewise.
            }
        }

        public bool WasOutOfMemory() => false;

        public string ReadComplaints() => "";

        public ValueTask DisposeAsync()
        {
            channel.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
