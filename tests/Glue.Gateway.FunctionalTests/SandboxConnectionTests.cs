using System.IO.Pipelines;
using Glue.Workers.Gateway;
using Microsoft.AspNetCore.Connections;

namespace Glue.Gateway.FunctionalTests;

public sealed class SandboxConnectionTests : IAsyncLifetime
{
    private readonly TestCredentials _credentials = new();
    private RecordingStore _store = null!;

    public async Task InitializeAsync() => _store = await RecordingStore.StartAsync(_credentials);

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task A_connection_that_is_gone_may_still_be_told_to_end_as_a_stopping_server_does()
    {
        await using var host = await GatewayHost.StartAsync(() => _store.Address, _credentials);
        var (_, sandbox) = host.StartSandbox();
        var stream = new Pipes(PipeReader.Create(new MemoryStream()), PipeWriter.Create(new MemoryStream()));
        var connection = new SandboxConnection("1", stream, sandbox);
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = connection.ConnectionClosed.Register(closed.SetResult);
        await connection.DisposeAsync();

        connection.Abort(new ConnectionAbortedException("The server stops."));

        await closed.Task;
    }

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
