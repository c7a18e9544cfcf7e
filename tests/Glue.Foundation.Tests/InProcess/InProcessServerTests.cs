using System.Net;
using System.Security.Cryptography;
using Glue.Foundation.InProcess;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Glue.Foundation.Tests.InProcess;

/// <summary>HttpClient and Kestrel, with an <see cref="InProcessServer"/> between them where a socket would be.</summary>
public sealed class InProcessServerTests : IAsyncLifetime
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(60);

    private readonly InProcessServer _server = new("test");
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _received = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _connections;
    private WebApplication _app = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IConnectionListenerFactory>(_server.Listener);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(_server.Listener.EndPoint);
        });
        _app = builder.Build();
        _app.Map("/echo", echo => echo.Run(static async context =>
        {
            using var body = new MemoryStream(); // HttpClient sends all of its body before it reads the answer
            await context.Request.Body.CopyToAsync(body);
            await context.Response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length));
        }));
        _app.Map("/refuse", refuse => refuse.Run(static context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return context.Response.WriteAsync("no");
        }));
        _app.Map("/break", breaks => breaks.Run(static async context =>
        {
            context.Response.ContentLength = 1_000_000;
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            context.Abort();
        }));
        _app.Map("/wait", wait => wait.Run(async context =>
        {
            using var left = context.RequestAborted.Register(_aborted.SetResult);
            await context.Request.Body.ReadExactlyAsync(new byte[1]);
            _received.SetResult();
            await _aborted.Task;
        }));
        _app.Map("/stuck", stuck => stuck.Run(async _ =>
        {
            _received.SetResult();
            await _released.Task;
        }));
        _app.Map("/whence", whence => whence.Run(static context => context.Response.WriteAsync($"{context.Connection.RemoteIpAddress}")));
        await _app.StartAsync();
        _client = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = (_, _) =>
            {
                Interlocked.Increment(ref _connections);
                return new(_server.Connect());
            },
        }) { BaseAddress = new Uri("http://test"), Timeout = Budget };
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Bodies_of_any_size_pass_both_ways_and_the_connection_is_used_again()
    {
        foreach (var length in new[] { 0, 1, 65_536, 65_537, 30_000_000 })
        {
            var bytes = RandomNumberGenerator.GetBytes(length);
            using var answer = await _client.PostAsync("/echo", new ByteArrayContent(bytes));
            Assert.Equal(bytes, await answer.Content.ReadAsByteArrayAsync());
        }

        Assert.Equal(1, _connections);
    }

    [Fact]
    public async Task Many_requests_at_once_keep_apart()
    {
        await Task.WhenAll(Enumerable.Range(0, 32).Select(async _ =>
        {
            var bytes = RandomNumberGenerator.GetBytes(500_000);
            using var answer = await _client.PostAsync("/echo", new ByteArrayContent(bytes));
            Assert.Equal(bytes, await answer.Content.ReadAsByteArrayAsync());
        }));
    }

    [Fact]
    public async Task A_body_that_is_refused_is_not_sent()
    {
        using var body = new EndlessContent();
        using var request = new HttpRequestMessage(HttpMethod.Put, "/refuse") { Content = body };
        request.Headers.ExpectContinue = true;
        using var answer = await _client.SendAsync(request);
        Assert.Equal((HttpStatusCode.Forbidden, 0L), (answer.StatusCode, body.Sent));
    }

    [Fact]
    public async Task The_sender_has_the_address_that_a_socket_on_this_machine_would_have() =>
        Assert.Equal("127.0.0.1", await _client.GetStringAsync("/whence"));

    [Fact]
    public async Task An_answer_that_breaks_off_is_no_answer()
    {
        await Assert.ThrowsAsync<HttpRequestException>(() => _client.GetByteArrayAsync("/break"));
        Assert.Equal("x", await (await _client.PostAsync("/echo", new StringContent("x"))).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_server_hears_of_a_client_that_leaves()
    {
        using var leaving = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Put, "/wait") { Content = new EndlessContent() };
        var sending = _client.SendAsync(request, leaving.Token);
        await _received.Task.WaitAsync(Budget);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await _aborted.Task.WaitAsync(Budget);
    }

    [Fact]
    public async Task A_client_that_leaves_waits_for_nobody()
    {
        using var leaving = new CancellationTokenSource();
        var sending = _client.GetAsync("/stuck", leaving.Token);
        await _received.Task.WaitAsync(Budget);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending).WaitAsync(Budget);
        _released.SetResult();
    }

    [Fact]
    public async Task A_server_that_has_stopped_takes_no_connections()
    {
        await _app.StopAsync();
        Assert.Throws<IOException>(_server.Connect);
    }

    /// <summary>A terabyte of zeros, counted as they are sent.</summary>
    private sealed class EndlessContent : HttpContent
    {
        private const long Length = 1L << 40;

        public long Sent { get; private set; }

        protected override bool TryComputeLength(out long length)
        {
            length = Length;
            return true;
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var zeros = new byte[64 * 1024];
            while (Sent < Length)
            {
                Sent += zeros.Length;
                await stream.WriteAsync(zeros);
            }
        }
    }
}
