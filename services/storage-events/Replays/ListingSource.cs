using Glue.Contracts.Invocations;
using Glue.Contracts.Storage;
using Glue.StorageEvents.Intake;
using Glue.StorageEvents.Rules;

namespace Glue.StorageEvents.Replays;

/// <summary>
/// The objects that a bucket holds, as if each had just been made. A backfill takes all of them; a reconciliation those whose event should have
/// come since the rule is there, as far back as the ledger remembers, and of which the ledger knows nothing. A bucket that was deleted and made again by another account since the order came holds nothing for it.
/// </summary>
internal sealed class ListingSource(
    IBucketListing listing, BucketNotifications notifications, IDeliveries deliveries, RecordMatcherFactory matchers, StorageEventsOptions options, TimeProvider time, Replay replay) : IReplaySource
{
    private readonly RecordMatcher _matcher = matchers.New((change, rule) => Wants(replay, deliveries, time.GetUtcNow() - options.ReconcileSettle, change, rule));

    public async Task<Replay> BeginAsync(Replay replay, CancellationToken cancellationToken)
    {
        var part = replay.Listing!;
        return replay with { Total = !IsOfAsker() ? 0 : await listing.CountAsync(part.Bucket, part.Prefix, cancellationToken) ?? 0 };
    }

    public async Task<ReplayStep> ReadAsync(Replay replay, int maxRecords, CancellationToken cancellationToken)
    {
        var part = replay.Listing!;
        var objects = IsOfAsker() ? await listing.ReadAsync(part.Bucket, part.Prefix, part.After, maxRecords, cancellationToken) : [];
        var behind = replay with { Listing = part with { After = objects.Count > 0 ? objects[^1].Key : part.After, IsAtEnd = objects.Count < maxRecords } };
        var invocations = new List<Invocation>();
        foreach (var found in objects)
        {
            foreach (var invocation in _matcher.MatchListed(found))
            {
                if (!part.OnlyMissed || !deliveries.Has(invocation, found.Time))
                {
                    invocations.Add(invocation);
                }
            }
        }

        return new ReplayStep(behind, objects.Count, invocations);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private bool IsOfAsker() => notifications.RulesOf(replay.Listing!.Bucket)?.AccountId == replay.AccountId;

    /// <summary>Stores list whole seconds: that may be any moment of the second, and in doubt it is one after the rule was made. A store may say any time, the last one too.</summary>
    private static DateTimeOffset Latest(DateTimeOffset time) => time.UtcTicks % TimeSpan.TicksPerSecond == 0 && time < DateTimeOffset.MaxValue.AddSeconds(-1) ? time + TimeSpan.FromSeconds(1) : time;

    private static bool Wants(Replay replay, IDeliveries deliveries, DateTimeOffset settled, ObjectChange change, CompiledRule rule) =>
        change.BucketOwner == replay.AccountId
        && (!replay.IsAgain || rule.Function.AccountId == replay.AccountId)
        && (replay.Rule is null || rule.Rule.Id == replay.Rule)
        && (!replay.Listing!.OnlyMissed
            || (change.Time >= deliveries.RememberedSince && Latest(change.Time) >= (rule.Rule.AddedAt ?? DateTimeOffset.MinValue) && change.Time <= settled));
}
