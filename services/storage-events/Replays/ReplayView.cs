namespace Glue.StorageEvents.Replays;

/// <summary>A replay as the API shows it.</summary>
internal sealed record ReplayView(
    string Id, string Kind, string Status, string From, string? To, string? Rule, int Rate, bool DryRun, bool Again, DateTimeOffset CreatedAt,
    long Total, long Done, long Records, long Matched, long Enqueued)
{
    public static ReplayView Of(Replay replay, ReplayStatus status) => new(
        replay.Id, replay.Listing is null ? "replay" : replay.Listing.OnlyMissed ? "reconcile" : "backfill", status.ToString().ToLowerInvariant(), replay.From, replay.To, replay.Rule, replay.Rate, replay.IsDryRun, replay.IsAgain, replay.CreatedAt,
        replay.Total, replay.Done, replay.Records, replay.Matched, replay.Enqueued);
}

/// <summary>The newest first.</summary>
internal sealed record ReplayList(IReadOnlyList<ReplayView> Replays);

/// <summary>Why not.</summary>
internal sealed record ReplayError(string Message);
