namespace Glue.StorageEvents.Replays;

/// <summary>A replay as the API shows it.</summary>
/// <remarks><c>Waiting</c>: why one that runs does not go on at the moment; what it reads cannot be read, and is tried again. Left out otherwise.</remarks>
internal sealed record ReplayView(
    string Id, string Kind, string Status, string From, string? To, string? Rule, int Rate, bool DryRun, bool Again, DateTimeOffset CreatedAt,
    long Total, long Done, long Records, long Matched, long Enqueued, string? Waiting)
{
    public static ReplayView Of(Replay replay, ReplayStatus status, ReplayWaits waits) => new(
        replay.Id, replay.Listing is null ? "replay" : replay.Listing.OnlyMissed ? "reconcile" : "backfill", status.ToString().ToLowerInvariant(), replay.From, replay.To, replay.Rule, replay.Rate, replay.IsDryRun, replay.IsAgain, replay.CreatedAt,
        replay.Total, replay.Done, replay.Records, replay.Matched, replay.Enqueued, status == ReplayStatus.Running ? waits.Why(replay.Id) : null);
}

/// <summary>The newest first.</summary>
internal sealed record ReplayList(IReadOnlyList<ReplayView> Replays);

/// <summary>Why not.</summary>
internal sealed record ReplayError(string Message);
