using Glue.Contracts.Storage;

namespace Glue.AttachedStores.Polling;

/// <summary>Which prefixes of a bucket are polled, and since when, as its rules come and go.</summary>
internal static class PollRegions
{
    /// <summary>The prefixes to list: those of the regions that lie in no other.</summary>
    public static IReadOnlyList<string> Listed(IReadOnlyList<PollRegion> regions) => Outermost(regions.Select(static region => region.Prefix));

    /// <summary>The region a key lies in: the one with the longest prefix.</summary>
    public static PollRegion? Of(IReadOnlyList<PollRegion> regions, string key) =>
        regions.Where(region => key.StartsWith(region.Prefix, StringComparison.Ordinal)).MaxBy(static region => region.Prefix.Length);

    /// <summary>
    /// What becomes of the regions when the rules are these. What was polled before goes on; a prefix that was not begins with a listing of what is there.
    /// </summary>
    /// <param name="before">Empty: nothing was polled.</param>
    /// <param name="rules">At least one.</param>
    /// <param name="notBefore">No new region begins before that: changes that came by another way are not told again. Null: whatever is there is new.</param>
    /// <param name="now">For rules of which nobody noted when they were made.</param>
    public static IReadOnlyList<PollRegion> After(IReadOnlyList<PollRegion> before, IReadOnlyList<BucketRule> rules, DateTimeOffset? notBefore, DateTimeOffset now)
    {
        var after = rules.GroupBy(static rule => rule.Prefix, StringComparer.Ordinal).Select(ofPrefix => Of(before, ofPrefix.Key) is { } had
            ? new PollRegion(ofPrefix.Key, had.Since)
            : new PollRegion(ofPrefix.Key, notBefore is { } earliest ? Later(earliest, ofPrefix.Min(rule => rule.AddedAt ?? now)) : DateTimeOffset.MinValue)).ToList();
        var asked = after.ConvertAll(static region => region.Prefix);
        after.AddRange(before.Where(had => !asked.Contains(had.Prefix) && asked.Exists(prefix => had.Prefix.StartsWith(prefix, StringComparison.Ordinal))));
        return Merged(after);
    }

    /// <summary>The first listing of all is through.</summary>
    public static IReadOnlyList<PollRegion> Through(IReadOnlyList<PollRegion> regions) => [.. Listed(regions).Select(static prefix => new PollRegion(prefix, Since: null))];

    /// <summary>Prefixes that both have in common.</summary>
    public static IReadOnlyList<string> Shared(IReadOnlyList<string> some, IReadOnlyList<string> others) => Outermost(
        from one in some
        from other in others
        where one.StartsWith(other, StringComparison.Ordinal) || other.StartsWith(one, StringComparison.Ordinal)
        select one.Length > other.Length ? one : other);

    /// <summary>Without regions that say no more than the one around them.</summary>
    private static IReadOnlyList<PollRegion> Merged(List<PollRegion> regions) =>
    [
        .. regions.Where(region => Of([.. regions.Where(around => around.Prefix.Length < region.Prefix.Length)], region.Prefix) is not { } around || around.Since != region.Since)
            .OrderBy(static region => region.Prefix, StringComparer.Ordinal),
    ];

    private static IReadOnlyList<string> Outermost(IEnumerable<string> prefixes)
    {
        var all = prefixes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return [.. all.Where(one => !all.Exists(other => other.Length < one.Length && one.StartsWith(other, StringComparison.Ordinal)))];
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
