using System.Net;
using System.Net.Sockets;

namespace Glue.Gateway.FunctionalTests;

public sealed class FaultOverChannelTests() : FaultTests(overChannel: true);

public sealed class FaultThroughPortTests() : FaultTests(overChannel: false);

/// <summary>A store that is down or breaks, and bodies larger than anyone would hold.</summary>
public abstract class FaultTests(bool overChannel) : IAsyncLifetime
{
    private readonly TestCredentials _credentials = new();
    private RecordingStore _store = null!;

    public async Task InitializeAsync() => _store = await RecordingStore.StartAsync(_credentials);

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task Requests_pass_while_somebody_listens_to_Kestrels_metrics()
    {
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = static (instrument, to) =>
        {
            if (instrument.Meter.Name == "Microsoft.AspNetCore.Server.Kestrel")
            {
                to.EnableMeasurementEvents(instrument);
            }
        };
        listener.Start();
        await using var host = await GatewayHost.StartAsync(() => _store.Address, _credentials);
        using var client = host.HttpClient(host.StartSandbox(overChannel: overChannel).Bridge);
        using var content = new ByteArrayContent([1]);
        using var answer = await client.PutAsync("/bucket/key", content).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_store_that_is_down_is_ServiceUnavailable_and_the_connection_serves_again_once_it_is_back()
    {
        var up = false;
        var nobody = FreePort();
        await using var host = await GatewayHost.StartAsync(() => up ? _store.Address : nobody, _credentials);
        using var client = host.HttpClient(host.StartSandbox(overChannel: overChannel).Bridge);
        using var down = await client.PutAsync("/bucket/key", new StringContent("hello"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, down.StatusCode);
        Assert.Contains("<Code>ServiceUnavailable</Code>", await down.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        up = true;
        using var again = await client.PutAsync("/bucket/key", new StringContent("hello"));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_in_the_middle_breaks_the_functions_connection_too()
    {
        _store.Instead = async context =>
        {
            context.Response.ContentLength = 1_000_000;
            await context.Response.Body.WriteAsync(new byte[500_000]);
            await context.Response.Body.FlushAsync();
            context.Abort();
            return true;
        };
        await using var host = await GatewayHost.StartAsync(() => _store.Address, _credentials);
        using var client = host.HttpClient(host.StartSandbox(overChannel: overChannel).Bridge);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetByteArrayAsync("/bucket/key"));
    }

    [Fact]
    public async Task A_store_that_refuses_before_the_body_is_sent_is_heard_and_the_body_stays_where_it_is()
    {
        _store.Instead = context =>
        {
            context.Response.StatusCode = 403;
            return Task.FromResult(true);
        };
        await using var host = await GatewayHost.StartAsync(() => _store.Address, _credentials);
        var (bridge, sandbox) = host.StartSandbox(overChannel: overChannel);
        using var client = host.HttpClient(bridge);
        using var request = new HttpRequestMessage(HttpMethod.Put, "/bucket/key") { Content = new ByteArrayContent(new byte[20_000_000]) };
        request.Headers.ExpectContinue = true;
        using var answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(0, sandbox.Usage.BytesWritten);
    }

    [Fact]
    public async Task Bodies_of_any_size_stream_through_in_flat_memory()
    {
        const long Size = 300_000_000;
        _store.Instead = async context =>
        {
            if (context.Request.Method != "GET")
            {
                return false;
            }

            context.Response.ContentLength = Size;
            await new ZeroStream(Size).CopyToAsync(context.Response.Body);
            return true;
        };
        await using var host = await GatewayHost.StartAsync(() => _store.Address, _credentials);
        using var client = host.HttpClient(host.StartSandbox(overChannel: overChannel).Bridge);
        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = 0L;
        using var timer = new Timer(_ => most = Math.Max(most, GC.GetTotalMemory(false)), null, 0, 5);
        using var content = new StreamContent(new ZeroStream(Size));
        content.Headers.ContentLength = Size;
        using var put = await client.PutAsync("/bucket/large", content);
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Assert.Equal(Size, Assert.Single(_store.Requests).BodyBytes);
        using var get = await client.GetAsync("/bucket/large", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(Size, await CountAsync(await get.Content.ReadAsStreamAsync()));
        Assert.InRange(most - before, 0, 80_000_000); // garbage of a generation included; a held body would be 300 MB
    }

    private static Uri FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://{listener.LocalEndpoint}");
    }

    private static async Task<long> CountAsync(Stream stream)
    {
        var buffer = new byte[64 * 1024];
        var total = 0L;
        while (await stream.ReadAsync(buffer) is > 0 and var read)
        {
            total += read;
        }

        return total;
    }

    private sealed class ZeroStream(long length) : Stream
    {
        private long _left = length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, _left);
            _left -= read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
