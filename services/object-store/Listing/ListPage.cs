namespace Glue.ObjectStore.Listing;

/// <summary>One key of a listing.</summary>
internal sealed record ListedObject(string Key, long Size, string ETag, DateTimeOffset ModifiedAt, string? Checksum);

/// <summary>One page, each kind in order.</summary>
/// <param name="Objects">Keys.</param>
/// <param name="CommonPrefixes">Rolled-up prefixes, delimiter included.</param>
/// <param name="Next">Where the next page starts; null: this was the last.</param>
internal sealed record ListPage(IReadOnlyList<ListedObject> Objects, IReadOnlyList<string> CommonPrefixes, ListPosition? Next);
