using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Glue.Contracts.Channel;
using Glue.Workers.Sandboxes;

namespace Glue.Gateway.FunctionalTests;

/// <summary>A storage port that a sandbox's agent has handed over: the gateway accepts from it, as long as the sandbox is there.</summary>
public sealed class PortTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly TestCredentials _credentials = new();
    private RecordingStore _store = null!;
    private GatewayHost _host = null!;

    public async Task InitializeAsync()
    {
        _store = await RecordingStore.StartAsync(_credentials);
        _host = await GatewayHost.StartAsync(
            () => _store.Address, _credentials, options: new Workers.Gateway.StorageGatewayOptions { Upstream = () => _store.Address, ConnectTimeout = Limit });
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Objects_of_64_MB_pass_both_ways_without_a_changed_byte_and_are_counted()
    {
        var body = new byte[64_000_000];
        new Random(1).NextBytes(body);
        var stored = Array.Empty<byte>();
        _store.Instead = async context =>
        {
            if (context.Request.Method == "PUT")
            {
                stored = await SHA256.HashDataAsync(context.Request.Body);
            }
            else
            {
                context.Response.ContentLength = body.Length;
                await context.Response.Body.WriteAsync(body);
            }

            return true;
        };
        var (bridge, sandbox) = _host.StartSandbox();
        using var client = _host.HttpClient(bridge);

        using var put = await client.PutAsync("/bucket/key", new ByteArrayContent(body));
        var read = await client.GetByteArrayAsync("/bucket/key");

        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Assert.Equal(SHA256.HashData(body), stored);
        Assert.True(read.AsSpan().SequenceEqual(body));
        Assert.Equal((2, body.Length, body.Length), (sandbox.Usage.Requests, sandbox.Usage.BytesRead, sandbox.Usage.BytesWritten));
    }

    [Fact]
    public async Task Connections_beyond_what_a_sandbox_may_have_wait_and_are_served_when_others_end()
    {
        const int beyond = 10;
        var (arrived, tooMany) = (0, false);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _store.Instead = async context =>
        {
            if (context.Request.Path == "/bucket/held")
            {
                var now = Interlocked.Increment(ref arrived);
                if (now > ChannelProtocol.MaxStreams)
                {
                    tooMany = true;
                }

                if (now == ChannelProtocol.MaxStreams)
                {
                    all.TrySetResult();
                }

                await go.Task;
                Interlocked.Decrement(ref arrived);
            }

            return true;
        };
        var address = _host.StartSandbox().Bridge.Address;
        var held = Enumerable.Range(0, ChannelProtocol.MaxStreams + beyond).Select(_ => GetAndCloseAsync(address, "/bucket/held")).ToList();
        await all.Task.WaitAsync(Limit);

        // Another sandbox's connections have nothing to do with it.
        Assert.StartsWith("HTTP/1.1 200 ", await GetAndCloseAsync(_host.StartSandbox().Bridge.Address, "/bucket/other"), StringComparison.Ordinal);
        Assert.Equal(ChannelProtocol.MaxStreams, Volatile.Read(ref arrived));
        go.SetResult();

        Assert.All(await Task.WhenAll(held), static answer => Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal));
        Assert.False(tooMany);
    }

    [Fact]
    public async Task The_sandboxs_end_closes_its_port_and_aborts_what_is_under_way_in_both_directions()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _store.Instead = async context =>
        {
            context.Response.ContentLength = 1_000_000;
            await context.Response.Body.WriteAsync(new byte[500_000]);
            await context.Response.Body.FlushAsync();
            await using var told = context.RequestAborted.Register(() => gone.TrySetResult());
            await gone.Task.WaitAsync(Limit);
            return true;
        };
        var bridge = _host.StartSandbox().Bridge;
        using var client = _host.HttpClient(bridge);
        using var answer = await client.GetAsync("/bucket/key", HttpCompletionOption.ResponseHeadersRead);
        using var idle = new TcpClient();
        await idle.ConnectAsync(IPAddress.Loopback, bridge.Address.Port);

        bridge.End();

        await gone.Task.WaitAsync(Limit);
        await bridge.Served.WaitAsync(Limit);
        await Assert.ThrowsAnyAsync<Exception>(() => answer.Content.ReadAsByteArrayAsync());
        await Assert.ThrowsAnyAsync<SocketException>(() => new TcpClient().ConnectAsync(IPAddress.Loopback, bridge.Address.Port));
    }

    [Fact]
    public async Task A_sandbox_that_is_over_before_its_port_is_served_is_no_failure()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await _host.ServeAsync(listener.Server, _host.StartSandbox().Sandbox, new CancellationToken(canceled: true)).WaitAsync(Limit);
    }

    private static Task<string> GetAndCloseAsync(Uri address, string path) =>
        RawHttp.SendAsync(address, System.Text.Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: store\r\nConnection: close\r\n\r\n"));
}
