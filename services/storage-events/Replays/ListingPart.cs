namespace Glue.StorageEvents.Replays;

/// <summary>What of a bucket's listing a replay reads, and how far it is.</summary>
internal sealed record ListingPart
{
    public required string Bucket { get; init; }

    /// <summary>Empty: all of it.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>True: only what the ledger does not know (reconciliation). False: everything (backfill).</summary>
    public bool OnlyMissed { get; init; }

    /// <summary>The last key that was read.</summary>
    public string? After { get; init; }

    public bool IsAtEnd { get; init; }
}
