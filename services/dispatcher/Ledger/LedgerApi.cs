using System.Globalization;
using System.Text.Json;
using Glue.Dispatcher.LambdaApi;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.Ledger;

/// <summary>
/// <c>GET /glue/v1/invocations[?function=&amp;state=&amp;bucket=&amp;key=&amp;limit=&amp;before=&amp;wait=]</c> and <c>GET /glue/v1/invocations/ID[?wait=]</c>, of the caller's account,
/// newest first. A full page ends in <c>next</c>, which as <c>before=</c> gives the page behind it. With <c>wait=SECONDS</c> (at most 60) the answer comes as soon as there is a match and no match is still to be
/// run, or when the time is over, with what there is then.
/// </summary>
internal sealed class LedgerApi(ILedger ledger, LedgerChanges changes, TimeProvider time)
{
    private const int MaxWaitSeconds = 60;

    /// <summary>Between two looks of one waiting request: a busy ledger changes thousands of times a second.</summary>
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(20);

    public async Task ListAsync(ApiCall call)
    {
        var query = ReadQuery(call);
        var found = await LookAsync(call, () => ledger.List(query), static entries => entries.Count > 0 && entries.All(IsSettled));
        await WriteAsync(call, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("invocations");
            foreach (var entry in found)
            {
                LedgerJson.Write(writer, entry, withEvent: null);
            }

            writer.WriteEndArray();
            if (found.Count == query.Limit)
            {
                writer.WriteString("next", found[^1].Number.ToString(CultureInfo.InvariantCulture));
            }

            writer.WriteEndObject();
        });
    }

    public async Task GetAsync(ApiCall call, string id)
    {
        var entry = await LookAsync(call, () => ledger.Find(call.AccountId, id), static entry => entry is null || IsSettled(entry))
            ?? throw LambdaException.NotFound($"There is no invocation {id}, or it is older than the ledger's retention.");
        var payload = ledger.FindEvent(call.AccountId, id);
        await WriteAsync(call, writer => LedgerJson.Write(writer, entry, payload));
    }

    private static bool IsSettled(LedgerEntry entry) => entry.State is InvocationState.Succeeded or InvocationState.Dead;

    private static LedgerQuery ReadQuery(ApiCall call)
    {
        InvocationState? state = null;
        if (call.Query("state") is { } text)
        {
            state = !int.TryParse(text, out _) && Enum.TryParse<InvocationState>(text, ignoreCase: true, out var parsed)
                ? parsed
                : throw LambdaException.InvalidParameter($"state '{text}' is not one of queued, running, failed, succeeded, dead.");
        }

        return call.Query("key") is not null && call.Query("bucket") is null
            ? throw LambdaException.InvalidParameter("key needs bucket.")
            : new LedgerQuery
            {
                AccountId = call.AccountId,
                FunctionName = call.Query("function"),
                State = state,
                Bucket = call.Query("bucket"),
                ObjectKey = call.Query("key"),
                Limit = Number(call, "limit", 100, 1, 1000),
                Before = ReadBefore(call.Query("before")),
            };
    }

    private static long? ReadBefore(string? token) =>
        token is null ? null
        : long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw LambdaException.InvalidParameter($"before '{token}' is not a 'next' that this listing gave.");

    private static int Number(ApiCall call, string name, int otherwise, int least, int most) =>
        call.Query(name) is not { } text ? otherwise
        : int.TryParse(text, out var value) && value >= least && value <= most ? value
        : throw LambdaException.InvalidParameter($"{name} '{text}' is not a number from {least} to {most}.");

    private static async Task WriteAsync(ApiCall call, Action<Utf8JsonWriter> write)
    {
        call.Context.Response.StatusCode = StatusCodes.Status200OK;
        call.Context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(call.Context.Response.BodyWriter);
        write(writer);
        await writer.FlushAsync(call.Aborted);
    }

    private async Task<T> LookAsync<T>(ApiCall call, Func<T> look, Func<T, bool> isEnough)
    {
        var wait = TimeSpan.FromSeconds(Number(call, "wait", 0, 0, MaxWaitSeconds));
        if (wait == TimeSpan.Zero)
        {
            return look();
        }

        using var over = new CancellationTokenSource(wait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, call.Aborted);
        while (true)
        {
            var changed = changes.Next; // before the look: what happens between the two must not be missed
            var found = look();
            if (isEnough(found) || over.IsCancellationRequested)
            {
                return found;
            }

            try
            {
                await changed.WaitAsync(either.Token);
                await Task.Delay(LookPause, time, either.Token);
            }
            catch (OperationCanceledException) when (over.IsCancellationRequested && !call.Aborted.IsCancellationRequested)
            {
                // Time is over: one last look.
            }
        }
    }
}
