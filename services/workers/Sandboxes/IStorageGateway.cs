using System.IO.Pipelines;

namespace Glue.Workers.Sandboxes;

/// <summary>
/// Where the connections go that a function opens to <c>127.0.0.1:9000</c> inside its sandbox. The function sends unsigned (or
/// session-signed) S3 requests; the gateway knows who asks and holds the store's real keys.
/// </summary>
public interface IStorageGateway
{
    /// <summary>
    /// Takes over one connection and returns at once. Reading what the function sends is flow-controlled by the channel; the
    /// gateway ends the connection by completing both pipes, and the sandbox's end completes them with an
    /// <see cref="IOException"/>.
    /// </summary>
    void Accept(IDuplexPipe connection, SandboxIdentity who);
}
