namespace Glue.ObjectStore.Listing;

/// <summary>One page of a listing, as asked.</summary>
/// <param name="Prefix">Only keys that start so.</param>
/// <param name="Delimiter">Rolls up keys that hold it after the prefix; empty: none.</param>
/// <param name="After">Where to go on.</param>
/// <param name="MaxItems">Keys and common prefixes together.</param>
internal sealed record ListQuery(string Prefix, string Delimiter, ListPosition After, int MaxItems);

/// <summary>A place between two items of a listing, in the order of UTF-8 bytes.</summary>
/// <param name="Item">The last item given: a key or a common prefix; empty: the beginning.</param>
/// <param name="SkipsAllUnder">True: everything that starts with <paramref name="Item"/> was given, rolled up as one item.</param>
internal sealed record ListPosition(string Item, bool SkipsAllUnder)
{
    public static ListPosition Beginning { get; } = new("", SkipsAllUnder: false);
}
