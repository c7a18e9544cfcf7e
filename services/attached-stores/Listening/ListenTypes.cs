namespace Glue.AttachedStores.Listening;

/// <summary>
/// Which event types a store is asked for. MinIO refuses a whole call for one type that it does not know, and the rules of a bucket share a call:
/// after a refusal it is asked for less.
/// </summary>
/// <remarks>MinIO, internal/event/name.go (of 2020: pkg/event/name.go). Read 2026-11.</remarks>
internal static class ListenTypes
{
    private static readonly string[] Oldest = ["s3:ObjectCreated:", "s3:ObjectRemoved:"];

    private static readonly string[] Families = [.. Oldest, "s3:ObjectAccessed:", "s3:ObjectRestore:", "s3:Replication:"];

    /// <summary>What to ask for, one after the other while the store answers 400: all (Glue's own store has them), those that MinIO has, those that every release of it has.</summary>
    /// <param name="wanted">By the bucket's rules.</param>
    public static IEnumerable<IReadOnlyList<string>> Offers(IReadOnlyList<string> wanted)
    {
        IReadOnlyList<string>[] offers = [wanted, [.. wanted.Where(IsMinio)], [.. Oldest.Where(family => wanted.Any(type => IsOf(family, type))).Select(static family => family + "*")]];
        for (var i = 0; i < offers.Length; i++)
        {
            if (offers[i].Count > 0 && (i == 0 || !offers[i].SequenceEqual(offers[i - 1], StringComparer.Ordinal)))
            {
                yield return offers[i];
            }
        }
    }

    /// <summary>Wanted types that a call which offers these does not tell of.</summary>
    public static IReadOnlyList<string> Untold(IReadOnlyList<string> wanted, IReadOnlyList<string> offered) =>
        [.. wanted.Where(type => !offered.Any(one => one == type || (one.EndsWith('*') && IsOf(one[..^1], type))))];

    private static bool IsMinio(string type) => type != "s3:ObjectRestore:Delete" && Families.Any(family => IsOf(family, type));

    private static bool IsOf(string family, string type) => type.StartsWith(family, StringComparison.Ordinal);
}
