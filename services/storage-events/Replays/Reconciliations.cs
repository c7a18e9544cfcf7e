namespace Glue.StorageEvents.Replays;

/// <summary>Orders reconciliations of whole buckets, for the schedule and for whoever knows that events may have been missed.</summary>
public sealed class Reconciliations
{
    private readonly ReplayStore _store;
    private readonly StorageEventsOptions _options;
    private readonly TimeProvider _time;

    internal Reconciliations(ReplayStore store, StorageEventsOptions options, TimeProvider time) => (_store, _options, _time) = (store, options, time);

    /// <inheritdoc cref="StorageEventsOptions.ReconcileSettle"/>
    public TimeSpan Settle => _options.ReconcileSettle;

    /// <summary>Durable when it returns.</summary>
    /// <param name="bucket"><c>BUCKET</c> or <c>STORE/BUCKET</c>.</param>
    /// <param name="account">The account that put its rules.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Its id; null: the last one of that bucket is still at work or held, or too many of the account's replays are.</returns>
    public async Task<string?> OrderAsync(string bucket, string account, CancellationToken cancellationToken)
    {
        var order = new Replay
        {
            Id = Guid.NewGuid().ToString(), AccountId = account, From = Replay.NameOf(bucket, prefix: ""), Rate = _options.ReconcileRate, CreatedAt = _time.GetUtcNow(),
            Listing = new ListingPart { Bucket = bucket, OnlyMissed = true },
        };
        var isAtWork = _store.List(account).Any(found => found.Replay.Listing is { OnlyMissed: true } && found.Replay.From == order.From && found.Status != ReplayStatus.Done);
        return !isAtWork && await _store.AddAsync(order, cancellationToken) ? order.Id : null;
    }
}
