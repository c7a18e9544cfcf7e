using Glue.StorageEvents.EventLog;
using Glue.StorageEvents.Rules;

namespace Glue.StorageEvents.Replays;

/// <summary>Turns what is asked for into a replay, or says what is wrong with it.</summary>
internal sealed class ReplayOrders(BucketNotifications notifications, StorageEventsOptions options, TimeProvider time)
{
    private const int StandardRate = 100;
    private const int MaxRate = 100_000;

    /// <returns>The order, or what is wrong with it, in a sentence.</returns>
    public (Replay? Replay, string? Fault) Read(string account, ReplayRequest? request)
    {
        if (request is null)
        {
            return (null, "The body is null.");
        }

        if (request.Rate is < 1 or > MaxRate)
        {
            return (null, $"rate {request.Rate} is not a number of records per second from 1 to {MaxRate}.");
        }

        var order = new Replay
        {
            Id = Guid.NewGuid().ToString(), AccountId = account, From = request.From ?? "", To = request.To, Rule = request.Rule,
            Rate = request.Rate ?? StandardRate, IsDryRun = request.DryRun, IsAgain = request.Again, CreatedAt = time.GetUtcNow(),
        };
        var fault = request.Kind switch
        {
            null or "replay" => FaultOfLog(request),
            "backfill" => Backfill(account, request, ref order),
            "reconcile" => Reconcile(account, request, ref order),
            _ => $"'{request.Kind}' is no kind of replay; there are replay, backfill, reconcile.",
        };
        return (fault is null ? order : null, fault);
    }

    private static string? FaultOfLog(ReplayRequest request) =>
        request.From is null || !LogPlace.TryParse(request.From, out _) ? $"from '{request.From}' is neither a time such as 2026-11-21T10:00:00Z nor an offset."
        : request.To is not null && !LogPlace.TryParse(request.To, out _) ? $"to '{request.To}' is neither a time such as 2026-11-21T10:00:00Z nor an offset."
        : request.Bucket is not null || request.Prefix is not null ? "bucket and prefix are for the kinds backfill and reconcile."
        : null;

    private string? Backfill(string account, ReplayRequest request, ref Replay order)
    {
        if (request.Rule is not { Length: > 0 } rule)
        {
            return "A backfill is of one rule: name it.";
        }

        var buckets = notifications.Buckets.Where(one => one.Account == account && (request.Bucket is null || one.Bucket == request.Bucket)
            && notifications.RulesOf(one.Bucket)!.Configuration.Rules.Any(existing => existing.Id == rule)).Select(static one => one.Bucket).Order(StringComparer.Ordinal).ToList();
        switch (buckets)
        {
            case [var only]:
                order = Listing(order, only, request.Prefix, onlyMissed: false);
                return null;
            case []:
                return $"There is no rule '{rule}'{(request.Bucket is null ? "" : $" of bucket {request.Bucket}")}; ./glue rule list BUCKET shows them.";
            default:
                return $"Several buckets have a rule '{rule}': {string.Join(", ", buckets)}. Name one of them as the bucket.";
        }
    }

    private string? Reconcile(string account, ReplayRequest request, ref Replay order)
    {
        if (request.Bucket is not { Length: > 0 } bucket || notifications.RulesOf(bucket) is not { } rules || rules.AccountId != account)
        {
            return $"Bucket '{request.Bucket}' has no rules that could have missed anything.";
        }

        if (request.Again)
        {
            return "A reconciliation delivers what is not known; what is known runs again by a replay or a backfill.";
        }

        order = Listing(order, bucket, request.Prefix, onlyMissed: true) with { Rate = request.Rate ?? options.ReconcileRate };
        return null;
    }

    private static Replay Listing(Replay order, string bucket, string? prefix, bool onlyMissed) => order with
    {
        From = Replay.NameOf(bucket, prefix ?? ""),
        To = null,
        Listing = new ListingPart { Bucket = bucket, Prefix = prefix ?? "", OnlyMissed = onlyMissed },
    };
}
