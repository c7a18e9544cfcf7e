using System.Globalization;
using System.IO.Pipelines;
using System.Net;

namespace Glue.Foundation.InProcess;

/// <summary>
/// A server of this process that is reached without a socket: the loopback would be system calls, copies and wake-ups between two parts of one
/// process.
/// <code>
/// services.AddSingleton&lt;IConnectionListenerFactory&gt;(server.Listener);
/// kestrel.Listen(server.Listener.EndPoint, …);
/// new SocketsHttpHandler { ConnectCallback = (_, _) => new(server.Connect()) };
/// </code>
/// </summary>
public sealed class InProcessServer(string name)
{
    // A lump of the gateway's in one piece, and some ahead of who reads it. Readers go on where the writer stands: a request is then as good as a
    // call, without a wake-up for each piece. Writers that waited for room go on elsewhere, else the two would call each other ever deeper.
    private static readonly PipeOptions Options = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.ThreadPool, pauseWriterThreshold: 256 * 1024,
        resumeWriterThreshold: 128 * 1024, minimumSegmentSize: 64 * 1024, useSynchronizationContext: false);

    // Who asks is on this machine: policies and logs go by the sender's address, and a socket's would be this one.
    private static readonly IPEndPoint Here = new(IPAddress.Loopback, 0);

    private long _lastId;

    public InProcessListener Listener { get; } = new(new InProcessEndPoint(name));

    /// <summary>A new connection to it, the client's end.</summary>
    /// <exception cref="IOException">It takes no connections.</exception>
    public Stream Connect()
    {
        var (requests, answers) = (new Pipe(Options), new Pipe(Options));
        var id = string.Create(CultureInfo.InvariantCulture, $"{name}:{Interlocked.Increment(ref _lastId)}");
        var connection = new InProcessConnection(id, new DuplexPipe(requests.Reader, answers.Writer), Listener.EndPoint) { RemoteEndPoint = Here };
        return Listener.TryAccept(connection)
            ? new DuplexStream(answers.Reader, requests.Writer, connection.SayClosed)
            : throw new IOException($"{name} takes no connections.");
    }
}
