using System.Security.Cryptography;
using System.Text;
using Glue.AttachedStores.Api;
using Glue.AttachedStores.Stores;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Glue.AttachedStores.Webhooks;

/// <summary>
/// <c>POST /glue/v1/store-events/NAME/TOKEN</c>, or with <c>Authorization: Bearer TOKEN</c> (MinIO's and RustFS's <c>auth_token</c>) without it in
/// the path. 200 only when the events are durable. Failures are told after a pause: Ceph repeats a persistent event at once, a thousand times a second.
/// </summary>
internal sealed class StoreEventsApi(IAttachedStores stores, IStoreEvents events, TimeProvider time, ILogger<StoreEventsApi> logger)
{
    public const string Path = "/glue/v1/store-events";

    /// <summary>A thousand records of the longest keys, in MinIO's batches, and room.</summary>
    private const int MaxBodyBytes = 8 * 1024 * 1024;

    private const string Bearer = "Bearer ";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public async Task HandleAsync(HttpContext context)
    {
        if (Admitted(context.Request) is not { } store)
        {
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, "The store's name or token is wrong: ./glue store list shows the whole address.");
            return;
        }

        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)
                ? StatusCodes.Status200OK // stores look whether somebody is there
                : StatusCodes.Status405MethodNotAllowed;
            return;
        }

        if (await RequestBytes.ReadAsync(context, MaxBodyBytes) is not { } body)
        {
            await RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, $"An event message must be at most {MaxBodyBytes} bytes.");
            return;
        }

        try
        {
            // Not with the request's own token: a store that hangs up would find half of it written, and send all of it again.
            if ((await events.TakeAsync(store, [body], isOwn: null, CancellationToken.None)).Faults is [var fault, ..])
            {
                Log.MessageRejected(logger, store.Name, fault);
                await RefuseAsync(context, StatusCodes.Status400BadRequest, fault);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.EventsNotTaken(logger, store.Name, e);
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "The event log takes nothing at the moment; send it again.");
        }
    }

    private AttachedStore? Admitted(HttpRequest request)
    {
        if (request.Path.Value!.Trim('/').Split('/')[3..] is not [var name, ..] rest || rest.Length > 2)
        {
            return null;
        }

        var header = request.Headers.Authorization.ToString();
        var shown = rest is [_, var token] ? token : header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim() : "";
        var store = stores.Find(name);
        var expected = store?.Token ?? new string('-', 43);
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(shown), Encoding.UTF8.GetBytes(expected)) ? store : null;
    }

    private async Task RefuseAsync(HttpContext context, int status, string why)
    {
        await Task.Delay(Pause, time, context.RequestAborted);
        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(new StoreError(why), StoreJson.Default.StoreError, cancellationToken: context.RequestAborted);
    }
}
