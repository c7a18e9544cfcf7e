using System.Globalization;
using Glue.AttachedStores.Requests;
using Glue.AttachedStores.Stores;

namespace Glue.AttachedStores.Listening;

/// <summary>
/// MinIO's ListenBucketNotification: <c>GET /BUCKET?events=…&amp;ping=SECONDS</c>, signed; an answer without end, <c>{"Records":[…]}</c> line by line.
/// The subscription is there when the head of the answer is (MinIO sends it with the first event or ping). Releases from before 2023 know no <c>ping</c>
/// and send a blank every half second all the same.
/// </summary>
/// <remarks>MinIO, cmd/listen-notification-handlers.go, of 2020 and of 2023; minio-js, src/notification.ts. Read 2026-11.</remarks>
internal sealed class ListenCall(StoreHttp http)
{
    /// <summary>What it answers with; S3's own answers are XML. A store that does not know the call takes it for a listing.</summary>
    private const string EventStream = "text/event-stream";

    /// <returns>The answer, from which on nothing is missed. To be disposed.</returns>
    /// <exception cref="StoreException">The store refused, or does not know the call.</exception>
    /// <exception cref="HttpRequestException">It does not answer.</exception>
    public async Task<HttpResponseMessage> OpenAsync(AttachedStore store, string bucket, IEnumerable<string> events, TimeSpan ping, CancellationToken cancellationToken)
    {
        var target = StoreUrl.Of(store, bucket, [
            .. events.Select(static name => KeyValuePair.Create("events", (string?)name)),
            new("ping", ((int)ping.TotalSeconds).ToString(CultureInfo.InvariantCulture)),
        ]);
        var answer = await http.SendAsync(store, HttpMethod.Get, target, body: null, contentType: null, "s3", cancellationToken);
        try
        {
            if (answer.IsSuccessStatusCode && answer.Content.Headers.ContentType?.MediaType == EventStream)
            {
                return answer;
            }

            throw answer.IsSuccessStatusCode ? Unknown(store) : await RefusalAsync(store, answer, cancellationToken);
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private static StoreException Unknown(AttachedStore store) => new(
        store.Name, 501, "NotImplemented", $"Store {store.Name} does not know MinIO's listen call (it took it for a listing). Attach it with --notify webhook or manual instead.");

    private static async Task<StoreException> RefusalAsync(AttachedStore store, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        await answer.Content.LoadIntoBufferAsync(64 * 1024, cancellationToken);
        var refusal = StoreException.Of(store, answer, await StoreXml.TextAsync(answer.Content, cancellationToken));
        return refusal.Status switch
        {
            403 => new StoreException(store.Name, 403, refusal.Code, refusal.Message + " Listening needs s3:ListenBucketNotification on the buckets that have rules."),
            501 or 405 => Unknown(store),
            _ => refusal,
        };
    }
}
