using System.IO.Pipelines;
using Glue.Workers.Sandboxes;

namespace Glue.Workers.FunctionalTests;

/// <summary>Gives back what it gets, until the function ends its side.</summary>
internal sealed class EchoGateway : IStorageGateway
{
    public SandboxIdentity? LastCaller { get; private set; }

    public void Accept(IDuplexPipe connection, SandboxIdentity who)
    {
        LastCaller = who;
        _ = EchoAsync(connection);
    }

    private static async Task EchoAsync(IDuplexPipe connection)
    {
        try
        {
            await connection.Input.CopyToAsync(connection.Output);
            await connection.Output.CompleteAsync();
        }
        catch (IOException e)
        {
            await connection.Output.CompleteAsync(e);
        }

        await connection.Input.CompleteAsync();
    }
}
