using System.Text;

namespace Glue.AttachedStores.Polling;

/// <summary>
/// Where a key stands in a store's listing, as bytes that sort so. S3 sorts keys by their UTF-8 bytes. Stores that walk a tree of folders (SeaweedFS's
/// filer; VersityGW before 2025-09) give all of a folder before its next sibling, so that <c>a/1</c> comes before <c>a-b</c>: there the slash sorts before
/// every other byte. Stretches of keys are half open, from a place up to and without another.
/// </summary>
/// <param name="IsByFolder">The second way.</param>
internal readonly record struct KeyPlaces(bool IsByFolder)
{
    private const byte Slash = (byte)'/';

    public byte[] Of(string key) => Swap(Encoding.UTF8.GetBytes(key));

    public string KeyAt(ReadOnlySpan<byte> place) => Encoding.UTF8.GetString(Swap(place.ToArray()));

    /// <summary>The first place behind it.</summary>
    public static byte[] Behind(ReadOnlySpan<byte> place) => [.. place, 0];

    /// <summary>The first place behind all keys that begin so.</summary>
    public byte[] EndOf(string prefix)
    {
        if (prefix.Length == 0)
        {
            return [0xFF]; // no byte of UTF-8 is that great
        }

        var end = Of(prefix);
        end[^1]++;
        return end;
    }

    public static int Compare(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) => one.SequenceCompareTo(other);

    /// <summary>Its own inverse.</summary>
    private byte[] Swap(byte[] key)
    {
        for (var i = 0; IsByFolder && i < key.Length; i++)
        {
            key[i] = key[i] switch { Slash => 0, 0 => Slash, var other => other };
        }

        return key;
    }
}
