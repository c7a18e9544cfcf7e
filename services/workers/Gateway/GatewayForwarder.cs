using System.Net.Http.Headers;
using System.Text;
using Glue.Workers.Gateway.Cache;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Glue.Workers.Gateway;

/// <summary>Sends a function's storage requests to the store and the answers back; both bodies stream, neither is ever held whole.</summary>
internal sealed class GatewayForwarder : IDisposable
{
    // 64 KiB: what a loopback socket gives at once; more only costs memory per request under way.
    private const int CopyBytes = 64 * 1024;

    private readonly SessionCredentials _credentials;
    private readonly StorageAccess _access;
    private readonly UpstreamChoice _stores;
    private readonly EmbeddedStore _embedded;
    private readonly UpstreamRequest _upstream;
    private readonly ReadThrough _reads;
    private readonly GatewayMetrics _metrics;
    private readonly ILogger<GatewayForwarder> _logger;
    private readonly HttpMessageInvoker _client;

    public GatewayForwarder(
        SessionCredentials credentials, StorageAccess access, UpstreamChoice stores, EmbeddedStore embedded, UpstreamRequest upstream, ReadThrough reads, StorageGatewayOptions options,
        GatewayMetrics metrics, ILogger<GatewayForwarder> logger)
    {
        _credentials = credentials;
        _access = access;
        _stores = stores;
        _embedded = embedded;
        _upstream = upstream;
        _reads = reads;
        _metrics = metrics;
        _logger = logger;
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // a redirect would carry the account's signature somewhere else
            AutomaticDecompression = System.Net.DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null, // the function's own trace headers pass as they are
            ConnectTimeout = options.ConnectTimeout,
            Expect100ContinueTimeout = TimeSpan.FromSeconds(5),
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8, // user metadata, as the function sent it
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
        });
    }

    public async Task ForwardAsync(HttpContext context)
    {
        var connection = context.Features.GetRequiredFeature<ISandboxConnection>();
        if (SessionCredentials.IsAskedFor(context.Request))
        {
            await _credentials.AnswerAsync(context, connection.Sandbox);
            return;
        }

        connection.Sandbox.Usage.CountRequest();
        Unlimit(context);
        HttpRequestMessage? message = null;
        try
        {
            var denied = await _access.AdmitAsync(context, connection.Sandbox);
            if (denied is not null && await denied.TryAnswerAsync(context))
            {
                return;
            }

            var store = await _stores.OfAsync(context, connection.Sandbox);
            if (store is null && _embedded.IsHere)
            {
                _credentials.Check(context.Request, connection.Sandbox);
                await _embedded.AnswerAsync(context, connection.Sandbox, denied);
                return;
            }

            message = _upstream.Create(context, connection, store);
            _credentials.Check(context.Request, connection.Sandbox);
            if (_reads.KeyFor(context.Request, message, store) is { } key)
            {
                await ReadThroughAsync(key, context, connection, store!, message);
                return;
            }

            using var answer = await _client.SendAsync(message, context.RequestAborted);
            await (denied is not null && answer.IsSuccessStatusCode ? denied.AddToAsync(await DeniedDeletions.ReadAsync(answer, context), context) : ReturnAsync(answer, cached: null, context, connection.Sandbox.Usage));
            _metrics.Forwarded(message.Method.Method, (int)answer.StatusCode);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await FailAsync(context, connection, message?.Content as UpstreamContent, e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            // Half an object is out: only a broken connection tells the function so.
            Log.AnswerCutOff(_logger, connection.Sandbox.SandboxId, e.Message);
            context.Abort();
        }
        finally
        {
            _metrics.Moved("written", (message?.Content as UpstreamContent)?.BytesSent ?? 0);
            message?.Dispose();
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task ReadThroughAsync(string key, HttpContext context, ISandboxConnection connection, UpstreamStore store, HttpRequestMessage get)
    {
        var read = await _reads.OpenAsync(key, get, method => _upstream.Create(context, connection, store, method), _client, context.RequestAborted);
        using var answer = read.Cached is null ? read.Head : null; // else it is its reader's who fills the cache from it
        try
        {
            await ReturnAsync(read.Head, read.Cached, context, connection.Sandbox.Usage);
            _metrics.Forwarded(get.Method.Method, (int)read.Head.StatusCode);
        }
        finally
        {
            if (read.Cached is { } used)
            {
                _reads.Done(used);
            }
        }
    }

    /// <summary>Objects may be as large as the store allows, and a function that computes while it reads or writes is no slow client.</summary>
    private static void Unlimit(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } requestRate)
        {
            requestRate.MinDataRate = null;
        }

        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } responseRate)
        {
            responseRate.MinDataRate = null;
        }
    }

    private async Task ReturnAsync(HttpResponseMessage answer, CachedObject? cached, HttpContext context, StorageUsage usage)
    {
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        CopyHeaders(answer.Headers.NonValidated, response.Headers);
        CopyHeaders(answer.Content.Headers.NonValidated, response.Headers);
        if (HttpMethods.IsHead(context.Request.Method) || answer.Content.Headers.ContentLength == 0)
        {
            return;
        }

        await using var body = cached is null ? await answer.Content.ReadAsStreamAsync(context.RequestAborted) : new CachedObjectStream(cached);
        var writer = response.BodyWriter;
        long all = 0;
        try
        {
            while (await body.ReadAsync(writer.GetMemory(CopyBytes), context.RequestAborted) is > 0 and var read)
            {
                writer.Advance(read);
                usage.CountRead(read);
                all += read;
                var flushed = await writer.FlushAsync(context.RequestAborted);
                if (flushed.IsCompleted)
                {
                    return; // the function left
                }
            }
        }
        finally
        {
            _metrics.Moved("read", all);
        }
    }

    private static void CopyHeaders(HttpHeadersNonValidated from, IHeaderDictionary to)
    {
        foreach (var (name, values) in from)
        {
            if (HeaderRules.IsReturned(name))
            {
                to[name] = values.Count == 1 ? new StringValues(values.ToString()) : new StringValues([.. values]);
            }
        }
    }

    private async Task FailAsync(HttpContext context, ISandboxConnection connection, UpstreamContent? content, Exception failure)
    {
        switch ((failure as GatewayRefusalException ?? content?.Refusal)?.Error)
        {
            case { } error:
                _metrics.Refused(error.Code);
                Log.Refused(_logger, connection.Sandbox.SandboxId, error.Code, error.Message);
                await error.WriteAsync(context);
                return;
            case null when context.RequestAborted.IsCancellationRequested || content?.CallerLeft is true:
                context.Abort(); // nobody is left to be told
                return;
            case null when failure is HttpRequestException or IOException or OperationCanceledException:
                _metrics.Refused("ServiceUnavailable");
                Log.StoreUnavailable(_logger, connection.Sandbox.SandboxId, failure.Message);
                context.Response.Headers.Connection = "close"; // the rest of the request's body is not read
                await GatewayError.ServiceUnavailable("The object store does not answer at the moment; please try again.").WriteAsync(context);
                return;
            default:
                _metrics.Refused("InternalError");
                Log.Failed(_logger, connection.Sandbox.SandboxId, failure);
                await GatewayError.InternalError.WriteAsync(context);
                return;
        }
    }
}
