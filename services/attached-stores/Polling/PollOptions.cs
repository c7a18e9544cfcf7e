namespace Glue.AttachedStores.Polling;

/// <summary>How polling goes about it. Not a user's to set; tests do.</summary>
internal sealed record PollOptions
{
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan LongestInterval = TimeSpan.FromDays(1);

    /// <summary>Objects asked for at once.</summary>
    public int PageKeys { get; init; } = Buckets.ObjectPages.MostKeys;

    /// <summary>Known objects read at once: what is held in memory.</summary>
    public int StepObjects { get; init; } = 1000;

    /// <summary>Events handed to the event log at once. Each asks for its object: a store that fails in the middle is asked for that many again.</summary>
    public int ToldAtOnce { get; init; } = 100;

    /// <summary>Requests at once, of all stores: a page of a thousand entries is about a megabyte while it is read.</summary>
    public int RequestsAtOnce { get; init; } = 16;

    /// <summary>Of the stores of one account.</summary>
    public int AccountRequestsAtOnce { get; init; } = 4;

    /// <summary>Of one store, whichever its buckets.</summary>
    public int StoreRequestsAtOnce { get; init; } = 2;

    /// <summary>Pages in a row that have no object and are not the last, as of a store that hides a million deleted ones: behind them it is taken for endless.</summary>
    public int MostEmptyPages { get; init; } = 1000;

    /// <summary>Where nothing changes, the place is saved so often: a restart repeats no more than that.</summary>
    public TimeSpan SaveEvery { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromMinutes(1);
}
