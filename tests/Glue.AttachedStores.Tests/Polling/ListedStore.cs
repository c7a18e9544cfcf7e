using Glue.AttachedStores.Buckets;
using Glue.AttachedStores.Polling;
using Glue.AttachedStores.Stores;

namespace Glue.AttachedStores.Tests.Polling;

/// <summary>A store that can do nothing but be listed, in whichever order, and fails when it is told to.</summary>
internal sealed class ListedStore(Comparison<string> order) : IObjectPages, IObjectLineage
{
    private readonly SortedDictionary<string, ListedObject> _objects = new(Comparer<string>.Create(order));

    public IReadOnlyDictionary<string, ListedObject> Objects => _objects;

    /// <summary>Called with each page's number from 1, before it is read; may throw, and may change the store.</summary>
    public Action<int> BeforePage { get; set; } = static _ => { };

    public int Pages { get; private set; }

    /// <summary>Heeds neither token nor <c>start-after</c>.</summary>
    public bool Repeats { get; init; }

    /// <summary>Has no object, ever new tokens, and no end.</summary>
    public bool IsEndless { get; init; }

    /// <summary>Of every object.</summary>
    public int Depth { get; set; }

    public DateTimeOffset? Clock { get; set; }

    public static Comparison<string> Order(bool isByFolder) =>
        (one, other) => KeyPlaces.Compare(new KeyPlaces(isByFolder).Of(one), new KeyPlaces(isByFolder).Of(other));

    public void Put(string key, string eTag, DateTimeOffset at, long size = 1) => _objects[key] = new ListedObject(key, eTag, size, at);

    public void Delete(string key) => _objects.Remove(key);

    public Task<int> DepthOfAsync(AttachedStore store, string bucket, string key, CancellationToken cancellationToken) => Task.FromResult(Depth);

    public Task<ListedPage> ReadAsync(AttachedStore store, string bucket, PageRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        BeforePage(++Pages);
        if (IsEndless)
        {
            return Task.FromResult(new ListedPage([], $"{Pages}", IsTruncated: true, Clock));
        }

        var after = Repeats ? null : request.Token ?? request.After;
        var rest = _objects.Values.Where(found => found.Key.StartsWith(request.Prefix, StringComparison.Ordinal) && (after is null || order(found.Key, after) > 0)).Take(request.MaxKeys + 1).ToList();
        var isTruncated = rest.Count > request.MaxKeys;
        var objects = rest.Take(request.MaxKeys).ToList();
        return Task.FromResult(new ListedPage(objects, isTruncated ? objects[^1].Key : null, isTruncated, Clock));
    }
}
