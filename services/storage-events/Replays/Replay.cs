using Glue.StorageEvents.EventLog;

namespace Glue.StorageEvents.Replays;

/// <summary>
/// One order to run a stretch of the log again, or a bucket's present objects, and how far it is. Kept in the database of rules: it goes on after a
/// restart.
/// </summary>
internal sealed record Replay
{
    /// <summary>UUID text.</summary>
    public required string Id { get; init; }

    /// <summary>Who asked: only functions of that account run again.</summary>
    public required string AccountId { get; init; }

    /// <summary>As given: a time or an offset; of a listing <c>BUCKET/PREFIX</c>.</summary>
    public required string From { get; init; }

    /// <summary>As given; null: the end of the log when it was found.</summary>
    public string? To { get; init; }

    /// <summary>Only what this rule makes; null: every rule.</summary>
    public string? Rule { get; init; }

    /// <summary>True: count, and enqueue nothing.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>True: new invocations, whatever ran before. False: an invocation that is known is left alone.</summary>
    public bool IsAgain { get; init; }

    /// <summary>Records per second, at most.</summary>
    public required int Rate { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null: the log is read.</summary>
    public ListingPart? Listing { get; init; }

    /// <summary>How much there is was looked up.</summary>
    public bool HasBegun { get; init; }

    /// <summary>What is still to be read of the log; null: not looked up yet.</summary>
    public IReadOnlyList<LogStretch>? Stretches { get; init; }

    /// <summary>False: the log has no times, and the events' own decide.</summary>
    public bool HasTimes { get; init; } = true;

    /// <summary>Offsets in the stretches together when it began, or objects; 0: unknown.</summary>
    public long Total { get; init; }

    /// <summary>Records read.</summary>
    public long Records { get; init; }

    /// <summary>Invocations that the rules made of them.</summary>
    public long Matched { get; init; }

    /// <summary>Of these, how many the queue did not know yet.</summary>
    public long Enqueued { get; init; }

    /// <summary>Offsets or objects behind it; of the log <see cref="Total"/> at the end.</summary>
    public long Done => Listing is not null ? Records : Stretches is null ? 0 : Total - Stretches.Sum(static stretch => stretch.End - stretch.Next);

    /// <summary>How <see cref="From"/> names a listing.</summary>
    public static string NameOf(string bucket, string prefix) => $"{bucket}/{prefix}";
}
