using Glue.AttachedStores.Buckets;

namespace Glue.AttachedStores.Polling;

/// <summary>An object as the last listing showed it.</summary>
/// <param name="Place">See <see cref="KeyPlaces"/>.</param>
/// <param name="ETag">Without quotes.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedTicks">UTC.</param>
/// <param name="IsGone">The listing under way did not show it; told when that is through.</param>
internal readonly record struct KnownObject(byte[] Place, string ETag, long Size, long ModifiedTicks, bool IsGone);

/// <summary>An object of a page, at its place.</summary>
internal readonly record struct PlacedObject(byte[] Place, ListedObject Object);

/// <summary>What differs between what was known of a stretch of keys and what is there.</summary>
internal sealed class PollDiff
{
    /// <summary>To be known from now on.</summary>
    public List<PlacedObject> Seen { get; } = [];

    /// <summary>Known, and not there.</summary>
    public List<byte[]> Gone { get; } = [];

    /// <summary>New or changed, and an event.</summary>
    public List<ListedObject> Made { get; } = [];

    public bool IsEmpty => Seen.Count == 0 && Gone.Count == 0;

    /// <summary>One pass over both, which are of the same stretch and ascend.</summary>
    /// <param name="known">What was known.</param>
    /// <param name="listed">What is there.</param>
    /// <param name="isNews">Whether an object that was not known is an event: not when it was there before its rule was.</param>
    public static PollDiff Of(IReadOnlyList<KnownObject> known, ReadOnlySpan<PlacedObject> listed, Func<ListedObject, bool> isNews)
    {
        var diff = new PollDiff();
        var next = 0;
        foreach (var found in listed)
        {
            var order = 1;
            while (next < known.Count && (order = KeyPlaces.Compare(known[next].Place, found.Place)) < 0)
            {
                diff.Miss(known[next++]);
            }

            if (next < known.Count && order == 0)
            {
                diff.Compare(known[next++], found);
            }
            else
            {
                diff.Add(found, isNews(found.Object));
            }
        }

        for (; next < known.Count; next++)
        {
            diff.Miss(known[next]);
        }

        return diff;
    }

    private void Compare(KnownObject known, PlacedObject found)
    {
        var isSame = known.ETag == found.Object.ETag && known.Size == found.Object.Size && known.ModifiedTicks == found.Object.ModifiedAt.UtcTicks;
        if (!isSame || known.IsGone)
        {
            Add(found, isEvent: !isSame);
        }
    }

    private void Add(PlacedObject found, bool isEvent)
    {
        Seen.Add(found);
        if (isEvent)
        {
            Made.Add(found.Object);
        }
    }

    private void Miss(KnownObject known)
    {
        if (!known.IsGone)
        {
            Gone.Add(known.Place);
        }
    }
}
