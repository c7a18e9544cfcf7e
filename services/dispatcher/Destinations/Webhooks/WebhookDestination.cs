using System.Net;
using System.Net.Http.Headers;
using Glue.Dispatcher.Accounts;

namespace Glue.Dispatcher.Destinations.Webhooks;

/// <summary>
/// A signed POST of the record. Redirects are not followed: the record goes to the address that was registered or nowhere. Other accounts than the
/// installation's own reach public addresses only, unless <see cref="DispatcherOptions.AllowPrivateWebhooks"/>: what lies behind the firewall, this
/// stack's own ports included, is not theirs to call.
/// </summary>
internal sealed class WebhookDestination(WebhookStore webhooks, DispatcherOptions options, TimeProvider time) : IRecordDestination, IDisposable
{
    private readonly HttpClient _anywhere = Client(connect: null);
    private readonly HttpClient _public = Client(PublicAddresses.ConnectAsync);

    public bool Serves(string arn) => arn.StartsWith(Webhook.ArnPrefix, StringComparison.Ordinal);

    public Task<string?> RefusalAsync(string accountId, string arn, CancellationToken cancellationToken) => Task.FromResult(
        webhooks.Find(accountId, NameIn(arn)) is null ? $"the account has no webhook of that name; add it first (./glue webhook add {NameIn(arn)} URL)" : null);

    public async Task DeliverAsync(OutcomeRecord record, CancellationToken cancellationToken)
    {
        var webhook = webhooks.Find(record.AccountId, NameIn(record.Arn))
            ?? throw new DeliveryFailedException($"The account has no webhook '{NameIn(record.Arn)}' any more.");
        using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = new ReadOnlyMemoryContent(record.Json) };
        var now = time.GetUtcNow();
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("webhook-id", record.Id);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", WebhookSignature.Timestamp(now));
        request.Headers.TryAddWithoutValidation("webhook-signature", WebhookSignature.Of(webhook.Secret, record.Id, now, record.Json.Span));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("glue", "1"));
        var client = options.AllowPrivateWebhooks || record.AccountId == Account.Installation ? _anywhere : _public;

        using var late = new CancellationTokenSource(options.WebhookTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw new DeliveryFailedException($"{Shown(webhook)} answered {(int)response.StatusCode}"
                    + (response.StatusCode is >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest ? "; redirects are not followed, register the address itself." : "."));
            }
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new DeliveryFailedException($"{Shown(webhook)} did not answer within {options.WebhookTimeout.TotalSeconds:0.#} s.");
        }
        catch (HttpRequestException e)
        {
            throw e.InnerException as DeliveryFailedException ?? new DeliveryFailedException($"{Shown(webhook)} could not be reached: {e.Message}", e);
        }
    }

    public void Dispose()
    {
        _anywhere.Dispose();
        _public.Dispose();
    }

    private static string NameIn(string arn) => arn[Webhook.ArnPrefix.Length..];

    /// <summary>Without path and query, which often hold a token.</summary>
    private static string Shown(Webhook webhook) => $"Webhook '{webhook.Name}' ({webhook.Url.GetLeftPart(UriPartial.Authority)})";

    private static HttpClient Client(Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? connect) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false, // a proxy would connect in our stead, past the look at the address
        ConnectCallback = connect,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2), // a name may move
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
}
