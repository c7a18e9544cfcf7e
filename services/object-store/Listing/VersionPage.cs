using Glue.ObjectStore.Objects;

namespace Glue.ObjectStore.Listing;

/// <summary>One version, or delete marker, of a listing.</summary>
internal sealed record ListedVersion(
    string Key, VersionId Version, bool IsLatest, bool IsMarker, long Size, string ETag, DateTimeOffset ModifiedAt, string? Checksum);

/// <summary>A place in a listing of versions: behind one version of a key, or behind all versions of it, or behind a common prefix.</summary>
/// <param name="Item">The last item given: a key or a common prefix; empty: the beginning.</param>
/// <param name="Sequence">Of the key's last version given; null: all of them were.</param>
/// <param name="SkipsAllUnder">Everything that starts with <paramref name="Item"/> was given, rolled up as one item.</param>
internal sealed record VersionPosition(string Item, long? Sequence, bool SkipsAllUnder)
{
    public static VersionPosition Beginning { get; } = new("", null, SkipsAllUnder: false);
}

/// <summary>One page of versions, by key, the latest first.</summary>
/// <param name="Versions">Markers among them.</param>
/// <param name="CommonPrefixes">Rolled-up prefixes, delimiter included.</param>
/// <param name="NextKey">Where the next page starts; null: this was the last.</param>
/// <param name="NextVersion">With it; null when a common prefix was the last item.</param>
internal sealed record VersionPage(IReadOnlyList<ListedVersion> Versions, IReadOnlyList<string> CommonPrefixes, string? NextKey, VersionId? NextVersion);
