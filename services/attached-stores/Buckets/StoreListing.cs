using Glue.AttachedStores.Requests;
using Glue.AttachedStores.Stores;
using Glue.Contracts.Storage;

namespace Glue.AttachedStores.Buckets;

/// <summary>What an attached store's bucket holds now, as the changes that may have made it.</summary>
public sealed class StoreListing
{
    private readonly IAttachedStores _stores;
    private readonly IObjectPages _pages;

    internal StoreListing(IAttachedStores stores, IObjectPages pages) => (_stores, _pages) = (stores, pages);

    /// <summary>The objects behind a key. The store's own event is not known: there is no sequencer.</summary>
    /// <param name="bucket">Of an attached store.</param>
    /// <param name="prefix">Only keys that begin so.</param>
    /// <param name="after">Exclusive; null: from the beginning.</param>
    /// <param name="maxKeys">From 1.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>Fewer than asked for: there are no more. None where the store is detached or the bucket gone.</returns>
    /// <exception cref="StoreException">The store refused.</exception>
    /// <exception cref="HttpRequestException">The store does not answer.</exception>
    public async Task<IReadOnlyList<ObjectChange>> ReadAsync(BucketAddress bucket, string prefix, string? after, int maxKeys, CancellationToken cancellationToken)
    {
        var objects = new List<ObjectChange>();
        if (bucket.Store is null || _stores.Find(bucket.Store) is not { } store)
        {
            return objects;
        }

        try
        {
            for (var isTruncated = true; isTruncated && objects.Count < maxKeys;)
            {
                var request = new PageRequest(prefix, objects.Count > 0 ? objects[^1].Key : after, Token: null, Math.Min(maxKeys - objects.Count, ObjectPages.MostKeys));
                var page = await _pages.ReadAsync(store, bucket.Bucket, request, cancellationToken);
                var count = objects.Count;
                objects.AddRange(page.Objects.Where(found => found.Key != request.After).Select(found => Made(store, bucket.Bucket, found))); // RustFS begins with that one
                isTruncated = page.IsTruncated && objects.Count > count;
            }
        }
        catch (StoreException e) when (e.Status == 404)
        {
            // The bucket is gone: what was read before is what there is.
        }

        return objects;
    }

    /// <summary>The change that an object's last one probably was: a listing does not say whether it was put, posted or copied.</summary>
    internal static ObjectChange Made(AttachedStore store, string bucket, ListedObject found) => new()
    {
        EventName = found.ETag.Contains('-', StringComparison.Ordinal) ? "ObjectCreated:CompleteMultipartUpload" : "ObjectCreated:Put",
        Time = found.ModifiedAt, Bucket = bucket, Store = store.Name, BucketOwner = store.AccountId, Key = found.Key, Size = found.Size, ETag = found.ETag,
        Sequencer = "", PrincipalId = store.AccountId, SourceIpAddress = "", RequestId = "", HostId = "",
    };
}
