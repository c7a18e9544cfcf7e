namespace Glue.AttachedStores.Polling;

/// <summary>The store's clock beside Glue's, as one answer showed it.</summary>
internal readonly struct StoreClock
{
    private readonly TimeSpan _ahead;

    /// <param name="storeTime">In whole seconds, rounded down; null: the store does not say.</param>
    /// <param name="askedAt">By Glue's clock, before.</param>
    /// <param name="answeredAt">By Glue's clock, after.</param>
    public StoreClock(DateTimeOffset? storeTime, DateTimeOffset askedAt, DateTimeOffset answeredAt)
    {
        // It is ahead by something between the two. Where that may be nothing, it is taken as nothing.
        // Spans are compared, not moments: a store may name the last second there is, and no moment is behind that.
        var (least, most) = (storeTime - answeredAt, storeTime - askedAt + TimeSpan.FromSeconds(1));
        _ahead = least is { } ahead && (ahead > TimeSpan.Zero || most < TimeSpan.Zero) ? ahead : TimeSpan.Zero;
    }

    /// <summary>Whether an object was changed at a moment of Glue's clock or later; in doubt it was: an event too many is better than one too few.</summary>
    /// <param name="modifiedAt">By the store's clock; a whole second may be any moment in it.</param>
    /// <param name="moment">By Glue's.</param>
    public bool IsSince(DateTimeOffset modifiedAt, DateTimeOffset moment)
    {
        var grain = modifiedAt.UtcTicks % TimeSpan.TicksPerSecond == 0 ? TimeSpan.FromSeconds(1) : TimeSpan.FromMilliseconds(1);
        return moment == DateTimeOffset.MinValue || modifiedAt - moment + grain > _ahead;
    }
}
