using System.IO.Pipelines;
using System.Net.Sockets;
using Glue.Workers.Sandboxes;

namespace Glue.Workers.FunctionalTests;

/// <summary>Gives back what it gets, until the function ends its side.</summary>
internal sealed class EchoGateway : IStorageGateway
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SandboxIdentity? LastCaller { get; private set; }

    /// <summary>The first connection is over, and the sandbox could have another.</summary>
    public Task Ended => _ended.Task;

    public void Accept(IDuplexPipe connection, SandboxIdentity who)
    {
        LastCaller = who;
        _ = EchoAsync(connection);
    }

    public async Task ServeAsync(Socket port, SandboxIdentity who, CancellationToken sandboxIsOver)
    {
        using (port)
        {
            try
            {
                while (true)
                {
                    var stream = new NetworkStream(await port.AcceptAsync(sandboxIsOver), ownsSocket: true);
                    Accept(new StreamPipe(PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true)), PipeWriter.Create(stream)), who);
                }
            }
            catch (OperationCanceledException)
            {
                // The sandbox is over, and the other ends of its connections with it.
            }
        }
    }

    private async Task EchoAsync(IDuplexPipe connection)
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
        _ended.TrySetResult();
    }

    private sealed record StreamPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
