using Glue.Contracts.Storage;
using Glue.Foundation.Signing;
using Glue.ObjectStore.Access;
using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Glue.ObjectStore.Listening;

/// <summary>
/// MinIO's extension of S3: <c>GET /BUCKET?events=s3:ObjectCreated:*&amp;prefix=&amp;suffix=&amp;ping=SECONDS</c> (ListenBucketNotification), and without a
/// bucket for all of the account's (ListenNotification). The answer has no end: one event per line as it happens, and in between a blank every half
/// second, or with <c>ping</c> a line <c>{"Records":null}</c>. What happened while nobody listened is not told.
/// </summary>
/// <remarks>MinIO, cmd/listen-notification-handlers.go, of 2020 and of 2023 (where <c>ping</c> came), read 2026-11.</remarks>
internal sealed class ListenOperation(ChangeFeed feed, BucketCatalog buckets, IObjectEventText text, ICredentialSource credentials, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private static readonly TimeSpan BlankEvery = TimeSpan.FromMilliseconds(500);

    private static readonly byte[] Blank = " "u8.ToArray();
    private static readonly byte[] Nothing = "{\"Records\":null}\n"u8.ToArray();
    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    /// <exception cref="S3Exception">InvalidArgument; SlowDown: too many listen.</exception>
    public async Task RunAsync(S3Request request)
    {
        var ping = request.Ask("ping") is null ? 0 : request.AskNumber("ping", least: 1, most: 3600, otherwise: 0);
        using var listener = feed.Listen(ChangeFilter.Of(request), request.Credential.AccountId)
            ?? throw new S3Exception(S3Error.SlowDown, $"{ChangeFeed.MaxOfAccount} clients of the account, or {ChangeFeed.MaxListeners} of all, listen already.");
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, lifetime.ApplicationStopping);
        var response = request.Http.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no"; // a proxy must not collect it
        try
        {
            await response.Body.FlushAsync(ending.Token); // from here on nothing is missed
            await TellAsync(request, listener, ping == 0 ? BlankEvery : TimeSpan.FromSeconds(ping), ping == 0 ? Blank : Nothing, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The client has left, or the store stops: the answer ends.
        }
    }

    private async Task TellAsync(S3Request request, ChangeFeed.Listener listener, TimeSpan every, byte[] signOfLife, CancellationToken cancellationToken)
    {
        using var ticks = new PeriodicTimer(every, time);
        var changes = listener.Changes.WaitToReadAsync(cancellationToken).AsTask();
        var tick = ticks.WaitForNextTickAsync(cancellationToken).AsTask();
        while (true)
        {
            await Task.WhenAny(changes, tick);
            if (!MayListen(request))
            {
                return; // the key or the right was taken away meanwhile
            }

            if (changes.IsCompleted)
            {
                if (!await changes)
                {
                    request.Http.Abort(); // too slow: an answer that breaks off tells that something is missing
                    return;
                }

                await WriteAsync(request.Http.Response, listener, cancellationToken);
                changes = listener.Changes.WaitToReadAsync(cancellationToken).AsTask();
            }

            if (tick.IsCompleted)
            {
                await tick;
                await request.Http.Response.Body.WriteAsync(signOfLife, cancellationToken);
                tick = ticks.WaitForNextTickAsync(cancellationToken).AsTask();
            }

            await request.Http.Response.Body.FlushAsync(cancellationToken);
        }
    }

    /// <summary>Still, by the keys and the bucket's policy of now.</summary>
    private bool MayListen(S3Request request)
    {
        if (credentials.Find(request.Credential.AccessKeyId) is null && request.AnonymousRefusal is null)
        {
            return false;
        }

        if (request.BucketOrNull is not { } then)
        {
            return true;
        }

        if (buckets.Find(then.Name) is not { } now || now.AccountId != then.AccountId)
        {
            return false;
        }

        try
        {
            AccessControl.Check(request, now, "", "s3:ListenBucketNotification");
            return true;
        }
        catch (S3Exception)
        {
            return false;
        }
    }

    private async Task WriteAsync(HttpResponse response, ChangeFeed.Listener listener, CancellationToken cancellationToken)
    {
        while (listener.Changes.TryRead(out var change))
        {
            await response.Body.WriteAsync(text.Write(change), cancellationToken);
            await response.Body.WriteAsync(LineEnd, cancellationToken);
        }
    }
}
