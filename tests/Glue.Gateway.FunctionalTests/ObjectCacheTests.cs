using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Glue.Workers.Gateway;
using Glue.Workers.Gateway.Cache;
using Microsoft.AspNetCore.Http;

namespace Glue.Gateway.FunctionalTests;

/// <summary>What functions read of attached stores: once fetched, always asked for.</summary>
public sealed class ObjectCacheTests : IAsyncLifetime
{
    private const long CacheBytes = 4 * 1024 * 1024;
    private const int Largest = (int)(CacheBytes / 4);

    private readonly TestCredentials _credentials = new();
    private readonly TempFolder _folder = new();
    private readonly ConcurrentQueue<string> _asked = [];
    private readonly ConcurrentDictionary<string, RemoteObject> _objects = [];
    private Func<HttpContext, byte[], Task> _send = static (context, bytes) => context.Response.Body.WriteAsync(bytes).AsTask();
    private RecordingStore _store = null!;
    private GatewayHost _host = null!;

    public async Task InitializeAsync()
    {
        _store = await RecordingStore.StartAsync(_credentials);
        _store.Instead = AnswerAsync;
        _host = await GatewayHost.StartAsync(
            () => _store.Address, _credentials, policies: null, new OneAttachedStore(_store.Address),
            new StorageGatewayOptions { Upstream = () => _store.Address, CacheFolder = _folder["objects"], CacheBytes = CacheBytes });
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_one_function_has_read_the_next_gets_without_the_store_sending_it_again_and_with_the_stores_headers_of_now()
    {
        var bytes = Put("/far/a.jpg", 100_000);
        Assert.Equal(bytes, await ReadAsync("/far/a.jpg"));
        _objects["/far/a.jpg"] = _objects["/far/a.jpg"] with { Label = "new" };
        using var client = Client();
        using var again = await client.GetAsync("/far/a.jpg?x-id=GetObject");
        Assert.Equal(bytes, await ReadAsync("/far/a.jpg"));
        Assert.Equal(["GET", "HEAD", "HEAD"], _asked);
        Assert.Equal("new", again.Headers.GetValues("x-amz-meta-label").Single());
    }

    [Fact]
    public async Task Bytes_are_counted_as_functions_read_and_write_them_and_those_that_the_store_was_saved()
    {
        var sums = new ConcurrentDictionary<string, long>();
        using var counting = _host.Counting((name, value) => sums.AddOrUpdate(name, value, (_, sum) => sum + value));
        Put("/far/a", 1000);
        Put("/near/a", 50);
        await ReadAsync("/far/a");
        await ReadAsync("/far/a");
        await ReadAsync("/near/a");
        using var client = Client();
        (await client.PutAsync("/near/b", new ByteArrayContent(new byte[70]))).Dispose();

        // Counted behind the last byte, which the function has by then.
        (long, long, long) Counted() => (
            sums.GetValueOrDefault("workers.gateway.moved read"), sums.GetValueOrDefault("workers.gateway.moved written"), sums.GetValueOrDefault("workers.gateway.saved"));
        SpinWait.SpinUntil(() => Counted() == (2050, 70, 1000), TimeSpan.FromSeconds(30));
        Assert.Equal((2050, 70, 1000), Counted());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_object_that_was_replaced_is_fetched_anew_even_with_the_same_entity_tag(bool hasSameTag)
    {
        Put("/far/a", 1000);
        await ReadAsync("/far/a");
        var former = _objects["/far/a"];
        var bytes = Put("/far/a", 1000);
        _objects["/far/a"] = _objects["/far/a"] with { ETag = hasSameTag ? former.ETag : "\"other\"", Modified = former.Modified.AddSeconds(hasSameTag ? 1 : 0) };
        Assert.Equal(bytes, await ReadAsync("/far/a"));
        Assert.Equal(bytes, await ReadAsync("/far/a"));
        Assert.Equal(["GET", "HEAD", "GET", "HEAD"], _asked);
    }

    [Fact]
    public async Task Functions_that_read_at_once_share_one_fetch_and_each_gets_the_bytes_as_they_come()
    {
        var bytes = Put("/far/a", 900_000);
        var rest = SendInTwo(at: 300_000);
        var readings = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Reading.OpenAsync(Client(), "/far/a")));
        foreach (var reading in readings)
        {
            Assert.Equal(bytes[..200_000], await reading.TakeAsync(200_000)); // the store has not sent the end
        }

        rest.SetResult();
        foreach (var reading in readings)
        {
            Assert.Equal(bytes[200_000..], await reading.TakeAsync(700_000));
            reading.Dispose();
        }

        Assert.Single(_asked, "GET");
        Assert.Equal(7, _asked.Count(static method => method == "HEAD"));
    }

    [Fact]
    public async Task A_fetch_that_breaks_off_breaks_off_its_readers_and_the_next_read_begins_anew()
    {
        var bytes = Put("/far/a", 500_000);
        var rest = SendInTwo(at: 200_000);
        using var first = await Reading.OpenAsync(Client(), "/far/a");
        using var second = await Reading.OpenAsync(Client(), "/far/a");
        await first.TakeAsync(100_000);
        await second.TakeAsync(100_000);
        rest.SetException(new IOException("the store's own"));
        await Assert.ThrowsAnyAsync<Exception>(() => first.TakeAsync(400_000));
        await Assert.ThrowsAnyAsync<Exception>(() => second.TakeAsync(400_000));

        _send = static (context, body) => context.Response.Body.WriteAsync(body).AsTask();
        Assert.Equal(bytes, await ReadAsync("/far/a"));
    }

    [Fact]
    public async Task A_fetch_that_nobody_reads_any_more_is_given_up()
    {
        Put("/far/a", 500_000);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _send = async (context, body) =>
        {
            await using var left = context.RequestAborted.Register(gone.SetResult);
            var begin = 200_000;
            await context.Response.Body.WriteAsync(body.AsMemory(0, begin));
            for (var at = begin; at < body.Length && !gone.Task.IsCompleted; at += 1000) // slowly: a minute to its end
            {
                await context.Response.Body.FlushAsync();
                await Task.WhenAny(gone.Task, Task.Delay(200));
                await context.Response.Body.WriteAsync(body.AsMemory(at, 1000));
            }
        };
        var (from, to) = (new Pipe(), new Pipe());
        _host.Accept(new Connection(from.Reader, to.Writer), _host.StartSandbox().Sandbox);
        await from.Writer.WriteAsync("GET /far/a HTTP/1.1\r\nHost: store\r\n\r\n"u8.ToArray());
        to.Reader.AdvanceTo((await to.Reader.ReadAtLeastAsync(100)).Buffer.End);
        await to.Reader.CompleteAsync();
        await from.Writer.CompleteAsync();
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task What_the_store_refuses_now_is_refused_though_its_bytes_are_here()
    {
        Put("/far/a", 1000);
        await ReadAsync("/far/a");
        _objects["/far/a"] = _objects["/far/a"] with { Status = 403 };
        using var client = Client();
        using var refused = await client.GetAsync("/far/a");
        Assert.Equal((HttpStatusCode.Forbidden, "<Error>no</Error>"), (refused.StatusCode, await refused.Content.ReadAsStringAsync()));
        _objects.Clear();
        using var gone = await client.GetAsync("/far/a");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Parts_conditions_lists_large_objects_and_the_embedded_store_are_not_kept()
    {
        Put("/far/a", 1000);
        Put("/near/a", 1000);
        Put("/far/large", Largest + 1);
        Put("/far", 500);
        using var client = Client();
        foreach (var _ in Enumerable.Range(0, 2))
        {
            using var part = new HttpRequestMessage(HttpMethod.Get, "/far/a") { Headers = { Range = new RangeHeaderValue(0, 9) } };
            using var condition = new HttpRequestMessage(HttpMethod.Get, "/far/a") { Headers = { IfNoneMatch = { new EntityTagHeaderValue("\"x\"") } } };
            (await client.SendAsync(part)).Dispose();
            (await client.SendAsync(condition)).Dispose();
            await ReadAsync("/far/large");
            await ReadAsync("/far");
            await ReadAsync("/far/a?tagging");
            await ReadAsync("/near/a");
        }

        Assert.Equal(12, _asked.Count);
        Assert.All(_asked, static method => Assert.Equal("GET", method));
    }

    [Fact]
    public async Task The_latest_read_stay_up_to_the_sum_and_no_file_has_a_name()
    {
        for (var i = 0; i < 6; i++)
        {
            Put($"/far/{i}", Largest);
            await ReadAsync($"/far/{i}");
            await ReadAsync("/far/0");
        }

        _asked.Clear();
        await ReadAsync("/far/0");
        await ReadAsync("/far/5");
        Assert.Equal(["HEAD", "HEAD"], _asked);
        await ReadAsync("/far/1");
        Assert.Equal(["HEAD", "HEAD", "GET"], _asked);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["objects"]));
    }

    [Fact]
    public async Task However_many_small_objects_are_read_few_files_stay_open()
    {
        using var client = Client();
        Put("/far/empty", 0);
        Assert.Empty(await client.GetByteArrayAsync("/far/empty"));
        Assert.Empty(await client.GetByteArrayAsync("/far/empty"));
        Assert.Equal(["GET", "GET"], _asked);
        for (var i = 0; i < ObjectCache.MostObjects + 200; i++)
        {
            Put($"/far/{i}", 10);
            await client.GetByteArrayAsync($"/far/{i}");
        }

        var open = Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(link => File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName.StartsWith(_folder["objects"], StringComparison.Ordinal) == true);
        Assert.InRange(open, ObjectCache.MostObjects / 2, ObjectCache.MostObjects);
    }

    private TaskCompletionSource SendInTwo(int at)
    {
        var rest = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _send = async (context, body) =>
        {
            await context.Response.Body.WriteAsync(body.AsMemory(0, at));
            await context.Response.Body.FlushAsync();
            await rest.Task;
            await context.Response.Body.WriteAsync(body.AsMemory(at));
        };
        return rest;
    }

    private HttpClient Client() => _host.HttpClient(_host.StartSandbox().Bridge);

    private async Task<byte[]> ReadAsync(string path)
    {
        using var client = Client();
        return await client.GetByteArrayAsync(path);
    }

    private byte[] Put(string path, int length)
    {
        var bytes = new byte[length];
        Random.Shared.NextBytes(bytes);
        _objects[path] = new RemoteObject(bytes, $"\"{Guid.NewGuid():N}\"", new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero), "old");
        return bytes;
    }

    private async Task<bool> AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        _asked.Enqueue(request.Method);
        if (!_objects.TryGetValue(request.Path, out var found) || found.Status != 200)
        {
            response.StatusCode = found?.Status ?? 404;
            if (HttpMethods.IsGet(request.Method))
            {
                await response.WriteAsync("<Error>no</Error>");
            }

            return true;
        }

        response.Headers.ETag = found.ETag;
        response.Headers.LastModified = found.Modified.ToString("R");
        response.Headers["x-amz-meta-label"] = found.Label;
        response.ContentLength = found.Bytes.Length;
        if (HttpMethods.IsGet(request.Method))
        {
            await _send(context, found.Bytes);
        }

        return true;
    }

    private sealed record RemoteObject(byte[] Bytes, string ETag, DateTimeOffset Modified, string Label, int Status = 200);

    private sealed record Connection(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>An answer that is read bit by bit.</summary>
    private sealed class Reading(HttpClient client, HttpResponseMessage answer, Stream body) : IDisposable
    {
        public static async Task<Reading> OpenAsync(HttpClient client, string path)
        {
            var answer = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
            return new Reading(client, answer, await answer.Content.ReadAsStreamAsync());
        }

        public async Task<byte[]> TakeAsync(int count)
        {
            var bytes = new byte[count];
            await body.ReadExactlyAsync(bytes);
            return bytes;
        }

        public void Dispose()
        {
            body.Dispose();
            answer.Dispose();
            client.Dispose();
        }
    }
}
