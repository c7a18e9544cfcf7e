using System.IO.Pipelines;
using Glue.Foundation.InProcess;
using Microsoft.AspNetCore.Connections;

namespace Glue.Foundation.Tests.InProcess;

public sealed class InProcessConnectionTests
{
    [Fact]
    public async Task A_connection_that_is_gone_may_still_be_told_to_end_as_a_stopping_server_does()
    {
        var stream = new Pipes(PipeReader.Create(new MemoryStream()), PipeWriter.Create(new MemoryStream()));
        var connection = new InProcessConnection("1", stream, new InProcessEndPoint("test"));
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = connection.ConnectionClosed.Register(closed.SetResult);
        await connection.DisposeAsync();

        connection.Abort(new ConnectionAbortedException("The server stops."));

        await closed.Task;
    }

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
