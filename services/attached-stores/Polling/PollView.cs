using System.Globalization;

namespace Glue.AttachedStores.Polling;

/// <summary>How a bucket's polling is doing.</summary>
/// <param name="State">At the last beginning or end.</param>
/// <param name="Next">When it is listed next, or tried on; null: now.</param>
/// <param name="Failure">Why the last try broke off; null: it did not.</param>
internal sealed record PollView(PolledBucket State, DateTimeOffset? Next, string? Failure)
{
    /// <summary>A sentence without its end.</summary>
    public override string ToString()
    {
        var last = State.Last is { } through
            ? string.Create(CultureInfo.InvariantCulture, $"listed {Clock(through.BeganAt)} to {Clock(through.EndedAt)}: {through.Objects} objects, {through.Events} events")
            : "not listed to its end yet";
        var pass = State.Pass is { } at ? string.Create(CultureInfo.InvariantCulture, $"; a listing since {Clock(at.BeganAt)} is at object {at.Objects}") : "";
        var next = Next is { } when ? $"; {(Failure is null ? "next" : "tried again")} {Clock(when)}" : "; being listed now";
        return $"{State.Bucket} {last}{pass}{next}{(Failure is null ? "" : $"; broken off: {Failure}")}";
    }

    private static string Clock(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
