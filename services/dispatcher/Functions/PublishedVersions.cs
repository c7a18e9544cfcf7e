using System.Collections;
using System.Collections.Immutable;
using System.Globalization;

namespace Glue.Dispatcher.Functions;

/// <summary>
/// The published versions of a function, by rising number. Never changes: publishing or removing one makes another list that shares all others, so
/// that the thousandth version costs what the second did.
/// </summary>
internal sealed class PublishedVersions : IReadOnlyCollection<VersionState>
{
    private readonly ImmutableList<VersionState> _versions;

    private PublishedVersions(ImmutableList<VersionState> versions) => _versions = versions;

    public static PublishedVersions None { get; } = new([]);

    public int Count => _versions.Count;

    /// <summary>Null: there is none.</summary>
    public VersionState? Last => _versions.IsEmpty ? null : _versions[^1];

    /// <param name="versions">By rising number.</param>
    public static PublishedVersions Of(IEnumerable<VersionState> versions) => new([.. versions]);

    /// <param name="version">Its number.</param>
    /// <returns>Null: there is none of that number.</returns>
    public VersionState? Find(string version) => IndexOf(version) is var index and >= 0 ? _versions[index] : null;

    /// <param name="published">Its number is higher than all others.</param>
    public PublishedVersions With(VersionState published) => new(_versions.Add(published));

    public PublishedVersions Without(string version) => IndexOf(version) is var index and >= 0 ? new(_versions.RemoveAt(index)) : this;

    public IEnumerator<VersionState> GetEnumerator() => _versions.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int IndexOf(string version)
    {
        var number = Number(version);
        var (low, high) = (0, _versions.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var there = _versions[middle].Version;
            if (there == version)
            {
                return middle;
            }

            (low, high) = Number(there) < number ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    /// <summary>0 for what is none, such as an alias: below every version.</summary>
    private static int Number(string version) => int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
