namespace Glue.StorageEvents.Replays;

/// <summary>Where a replay's records come from. Used by one loop; every call may be repeated.</summary>
internal interface IReplaySource : IAsyncDisposable
{
    /// <summary>Looks up how much there is to do; at the replay's very beginning only.</summary>
    Task<Replay> BeginAsync(Replay replay, CancellationToken cancellationToken);

    static bool HasMore(Replay replay) => replay.Listing is { } listing ? !listing.IsAtEnd : replay.Stretches is [_, ..];

    Task<ReplayStep> ReadAsync(Replay replay, int maxRecords, CancellationToken cancellationToken);
}
