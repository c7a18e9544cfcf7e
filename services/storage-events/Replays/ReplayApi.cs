using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Glue.Foundation.Signing;
using Microsoft.AspNetCore.Http;

namespace Glue.StorageEvents.Replays;

/// <summary>
/// <c>POST /glue/v1/replays</c>, <c>GET /glue/v1/replays[/ID]</c>, <c>POST /glue/v1/replays/ID/stop|resume</c>: runs parts of the event log
/// again for the functions of the caller's account, or the present objects of its buckets. Signed as the Lambda API is (service <c>lambda</c>, body included).
/// </summary>
internal sealed class ReplayApi(ReplayStore store, ReplayWaits waits, ReplayOrders orders, SigV4Verifier verifier)
{
    public const string Path = "/glue/v1/replays";

    private const int MaxBodyBytes = 16 * 1024;

    private static readonly string TooMany = $"{ReplayStore.MaxRunning} replays of this account run already. Stop one (./glue replay stop), or wait until one is done.";

    public async Task HandleAsync(HttpContext context)
    {
        byte[]? body;
        try
        {
            body = await ReadAsync(context);
        }
        catch (BadHttpRequestException e) // the server would answer it, too, but log it as a fault of ours
        {
            await RefuseAsync(context, e.StatusCode, e.Message);
            return;
        }

        if (body is null)
        {
            await RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, $"The body must be at most {MaxBodyBytes} bytes.");
        }
        else if (verifier.Verify(context.Request, "lambda", SHA256.HashData(body)) is not { Failure: null, Credential: { } caller, PayloadSigning.Kind: PayloadSigningKind.SignedHash })
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "The request must be signed (AWS Signature Version 4, service lambda, body included) with a key of this installation.");
        }
        else
        {
            await ActAsync(context, caller.AccountId, body);
        }
    }

    private Task ActAsync(HttpContext context, string account, byte[] body)
    {
        var path = context.Request.Path.Value!.Trim('/').Split('/')[3..];
        return (context.Request.Method, path) switch
        {
            ("POST", []) => StartAsync(context, account, body),
            ("GET", []) => AnswerAsync(
                context, StatusCodes.Status200OK, new ReplayList([.. store.List(account).Select(found => ReplayView.Of(found.Replay, found.Status, waits))]), ReplayApiJson.Default.ReplayList),
            ("GET", [var id]) => ShowAsync(context, account, id, StatusCodes.Status200OK),
            ("POST", [var id, "stop"]) => MoveAsync(context, account, id, ReplayStatus.Running, ReplayStatus.Stopped),
            ("POST", [var id, "resume"]) => MoveAsync(context, account, id, ReplayStatus.Stopped, ReplayStatus.Running),
            _ => RefuseAsync(context, StatusCodes.Status404NotFound, $"There is no {context.Request.Method} {context.Request.Path}."),
        };
    }

    private async Task StartAsync(HttpContext context, string account, byte[] body)
    {
        ReplayRequest? request;
        try
        {
            request = JsonSerializer.Deserialize(body, ReplayApiJson.Default.ReplayRequest);
        }
        catch (JsonException e)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, $"The body is not a replay: {e.Message}");
            return;
        }

        var (replay, fault) = orders.Read(account, request);
        if (replay is null)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, fault!);
            return;
        }

        if (!await store.AddAsync(replay, context.RequestAborted))
        {
            await RefuseAsync(context, StatusCodes.Status429TooManyRequests, TooMany);
            return;
        }

        await ShowAsync(context, account, replay.Id, StatusCodes.Status202Accepted);
    }

    private async Task MoveAsync(HttpContext context, string account, string id, ReplayStatus from, ReplayStatus to)
    {
        if (await store.MoveAsync(account, id, from, to, context.RequestAborted) || store.Find(account, id) is not { } found || found.Status == to)
        {
            await ShowAsync(context, account, id, StatusCodes.Status200OK);
        }
        else if (found.Status == from)
        {
            await RefuseAsync(context, StatusCodes.Status429TooManyRequests, TooMany);
        }
        else
        {
            await RefuseAsync(context, StatusCodes.Status409Conflict, $"Replay {id} is {found.Status.ToString().ToLowerInvariant()}.");
        }
    }

    private Task ShowAsync(HttpContext context, string account, string id, int status) => store.Find(account, id) is { } found
        ? AnswerAsync(context, status, ReplayView.Of(found.Replay, found.Status, waits), ReplayApiJson.Default.ReplayView)
        : RefuseAsync(context, StatusCodes.Status404NotFound, $"There is no replay {id}.");

    private static Task RefuseAsync(HttpContext context, int status, string why) => AnswerAsync(context, status, new ReplayError(why), ReplayApiJson.Default.ReplayError);

    private static Task AnswerAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(value, type, cancellationToken: context.RequestAborted);
    }

    private static async Task<byte[]?> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        var buffer = new byte[4096];
        for (int read; (read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0;)
        {
            body.Write(buffer, 0, read);
            if (body.Length > MaxBodyBytes)
            {
                return null;
            }
        }

        return body.ToArray();
    }
}
