using System.IO.Pipelines;
using System.Net.Sockets;

namespace Glue.Workers.Sandboxes;

/// <summary>
/// Where the connections go that a function opens to <c>127.0.0.1:9000</c> inside its sandbox. The function sends unsigned (or
/// session-signed) S3 requests; the gateway knows who asks and holds the store's real keys. A driver decides which of the two ways they take.
/// </summary>
public interface IStorageGateway
{
    /// <summary>
    /// Takes over one connection that comes as a stream of the channel, and returns at once. Reading what the function sends is flow-controlled
    /// by the channel; the gateway ends the connection by completing both pipes, and the sandbox's end completes them with an
    /// <see cref="IOException"/>.
    /// </summary>
    void Accept(IDuplexPipe connection, SandboxIdentity who);

    /// <summary>
    /// Takes over the listening socket inside the sandbox and accepts from it, at most <see cref="Contracts.Channel.ChannelProtocol.MaxStreams"/> connections at
    /// once: the next ones wait in the kernel's queue.
    /// </summary>
    /// <param name="port">Bound and listening; closed by this.</param>
    /// <param name="who">Whose it is.</param>
    /// <param name="sandboxIsOver">Closes the port and aborts its connections.</param>
    /// <returns>Done when the sandbox is over and the last of its connections as well.</returns>
    Task ServeAsync(Socket port, SandboxIdentity who, CancellationToken sandboxIsOver);
}
