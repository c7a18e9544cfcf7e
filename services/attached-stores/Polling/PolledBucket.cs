using System.Text.Json.Serialization;
using Glue.Contracts.Storage;

namespace Glue.AttachedStores.Polling;

/// <summary>How far the polling of a bucket is: what is kept of it on disk beside the objects. Kept as JSON: never rename a member, only add.</summary>
internal sealed record PolledBucket
{
    /// <summary>Of its rows.</summary>
    [JsonIgnore]
    public long Id { get; init; }

    [JsonIgnore]
    public string Store { get; init; } = "";

    [JsonIgnore]
    public string Bucket { get; init; } = "";

    /// <summary>Since when the store is polled. Another time: it was attached another way in between, and what is kept is of before.</summary>
    public DateTimeOffset PolledSince { get; init; }

    /// <summary>The store sorts as <see cref="KeyPlaces.IsByFolder"/> says.</summary>
    public bool IsByFolder { get; init; }

    public IReadOnlyList<PollRegion> Regions { get; init; } = [];

    /// <summary>Rules went: objects of other prefixes than these are being forgotten. Null: none are.</summary>
    public IReadOnlyList<string>? Keeping { get; init; }

    /// <summary>Of the last event: milliseconds since 1970, never fewer than of the one before.</summary>
    public long EventMilliseconds { get; init; }

    /// <summary>Events so far.</summary>
    public long EventNumber { get; init; }

    /// <summary>Null: none is under way.</summary>
    public PollPass? Pass { get; init; }

    /// <summary>Null: none is through yet.</summary>
    public PollResult? Last { get; init; }

    [JsonIgnore]
    public KeyPlaces Places => new(IsByFolder);

    /// <summary>When the next listing begins; the past: at once.</summary>
    public DateTimeOffset NextAt(TimeSpan interval) => Pass is null && Last is { } last ? last.EndedAt + interval : DateTimeOffset.MinValue;

    /// <summary>As it is polled under these rules. Other prefixes begin a listing anew.</summary>
    /// <param name="rules">At least one.</param>
    /// <param name="since">When the store began to be polled; null: what was there before is told too.</param>
    /// <param name="now">For rules of which nobody noted when they were made.</param>
    public PolledBucket With(IReadOnlyList<BucketRule> rules, DateTimeOffset? since, DateTimeOffset now)
    {
        var after = PollRegions.After(Regions, rules, since, now);
        if (after.SequenceEqual(Regions))
        {
            return this;
        }

        var (had, have) = (Keeping ?? PollRegions.Listed(Regions), PollRegions.Listed(after));
        var isLess = Keeping is not null || had.Any(one => !have.Any(other => one.StartsWith(other, StringComparison.Ordinal)));
        return this with { Regions = after, Pass = null, Last = null, Keeping = isLess ? PollRegions.Shared(had, have) : null };
    }
}

/// <summary>A listing under way: where it goes on after a restart.</summary>
internal sealed record PollPass
{
    public required DateTimeOffset BeganAt { get; init; }

    /// <summary>The prefix that is being listed; null: the first is yet to be begun.</summary>
    public string? Prefix { get; init; }

    /// <summary>The last key of it that was compared; null: none.</summary>
    public string? After { get; init; }

    /// <summary>All prefixes are listed; what is gone is being told.</summary>
    public bool IsListed { get; init; }

    public long Objects { get; init; }

    public long Events { get; init; }
}

/// <summary>A listing that is through.</summary>
/// <param name="BeganAt">Restarts in between included.</param>
/// <param name="EndedAt">When its last event was in the event log.</param>
/// <param name="Objects">Listed.</param>
/// <param name="Events">Found.</param>
internal sealed record PollResult(DateTimeOffset BeganAt, DateTimeOffset EndedAt, long Objects, long Events);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PolledBucket))]
internal sealed partial class PolledBucketJson : JsonSerializerContext;
