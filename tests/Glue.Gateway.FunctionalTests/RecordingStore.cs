using System.Collections.Concurrent;
using Glue.Foundation.Signing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Glue.Gateway.FunctionalTests;

/// <summary>A store that remembers what was asked of it, verifies signatures, and answers what a test wants. It speaks just enough.</summary>
internal sealed class RecordingStore : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RecordingStore(WebApplication app) => _app = app;

    public ConcurrentQueue<RecordedRequest> Requests { get; } = [];

    public ConcurrentDictionary<string, byte[]> Objects { get; } = [];

    /// <summary>Answers instead of the store, when set; true: it did.</summary>
    public Func<HttpContext, Task<bool>>? Instead { get; set; }

    public Uri Address => new(_app.Urls.Single());

    public static async Task<RecordingStore> StartAsync(ICredentialSource credentials)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.ResponseHeaderEncodingSelector = static _ => System.Text.Encoding.UTF8;
        });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var store = new RecordingStore(app);
        var verifier = new SigV4Verifier(credentials, TimeProvider.System);
        app.Run(context => store.AnswerAsync(context, verifier));
        await app.StartAsync();
        return store;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, SigV4Verifier verifier)
    {
        var request = context.Request;
        var verified = verifier.Verify(request, "s3");
        if (Instead is not null && await Instead(context))
        {
            return;
        }

        var isPut = HttpMethods.IsPut(request.Method);
        var body = new MemoryStream();
        long length = 0;
        var complete = true;
        try
        {
            var buffer = new byte[64 * 1024];
            while (await request.Body.ReadAsync(buffer) is > 0 and var read)
            {
                length += read;
                if (length <= 1024 * 1024)
                {
                    body.Write(buffer, 0, read); // larger ones are only counted
                }
            }
        }
        catch (BadHttpRequestException)
        {
            complete = false;
        }

        Requests.Enqueue(new RecordedRequest(
            request.Method, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            verified.Credential?.AccessKeyId, length, complete));
        if (!complete)
        {
            return;
        }

        if (isPut)
        {
            Objects[request.Path] = body.ToArray();
            context.Response.Headers.ETag = "\"0123\"";
            return;
        }

        if (!Objects.TryGetValue(request.Path, out var stored))
        {
            context.Response.StatusCode = 404;
            await context.Response.WriteAsync("<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>");
            return;
        }

        context.Response.Headers.ETag = "\"0123\"";
        context.Response.Headers["x-amz-meta-name"] = "Zürich";
        context.Response.ContentLength = stored.Length;
        if (HttpMethods.IsGet(request.Method))
        {
            await context.Response.Body.WriteAsync(stored);
        }
    }
}
