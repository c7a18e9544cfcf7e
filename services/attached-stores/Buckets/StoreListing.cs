using System.Globalization;
using System.Xml.Linq;
using Glue.AttachedStores.Requests;
using Glue.AttachedStores.Stores;
using Glue.Contracts.Storage;

namespace Glue.AttachedStores.Buckets;

/// <summary>What an attached store's bucket holds now, a page at a time (ListObjectsV2).</summary>
public sealed class StoreListing(IAttachedStores stores, StoreHttp http)
{
    private const int MostPerPage = 1000; // S3's own

    /// <summary>The objects behind a key, as the changes that may have made them. The store's own event is not known: there is no sequencer.</summary>
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
        if (bucket.Store is null || stores.Find(bucket.Store) is not { } store)
        {
            return objects;
        }

        for (var isTruncated = true; isTruncated && objects.Count < maxKeys;)
        {
            var page = await PageAsync(store, bucket.Bucket, prefix, objects.Count > 0 ? objects[^1].Key : after, Math.Min(maxKeys - objects.Count, MostPerPage), cancellationToken);
            var found = page?.Elements().Where(static one => one.Name.LocalName == "Contents").ToList() ?? [];
            var isEncoded = page is not null && Text(page, "EncodingType") == "url"; // not every store does as it is asked
            objects.AddRange(found.Select(entry => Describe(store, bucket.Bucket, entry, isEncoded)));
            isTruncated = found.Count > 0 && page is not null && Text(page, "IsTruncated") == "true";
        }

        return objects;
    }

    private async Task<XElement?> PageAsync(AttachedStore store, string bucket, string prefix, string? after, int maxKeys, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, string?>> query =
        [
            new("encoding-type", "url"), // a key may hold what XML cannot
            new("list-type", "2"), new("max-keys", maxKeys.ToString(CultureInfo.InvariantCulture)),
        ];
        if (prefix.Length > 0)
        {
            query.Add(new("prefix", prefix));
        }

        if (after is not null)
        {
            query.Add(new("start-after", after));
        }

        try
        {
            return await http.CallAsync(store, HttpMethod.Get, StoreUrl.Of(store, bucket, query), cancellationToken: cancellationToken);
        }
        catch (StoreException e) when (e.Status == 404)
        {
            return null; // the bucket is gone
        }
    }

    private static ObjectChange Describe(AttachedStore store, string bucket, XElement entry, bool isEncoded)
    {
        var (key, eTag) = (Text(entry, "Key"), Text(entry, "ETag").Trim('"'));
        return new ObjectChange
        {
            EventName = eTag.Contains('-', StringComparison.Ordinal) ? "ObjectCreated:CompleteMultipartUpload" : "ObjectCreated:Put",
            Time = DateTimeOffset.Parse(Text(entry, "LastModified"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
            Bucket = bucket, Store = store.Name, BucketOwner = store.AccountId,
            Key = isEncoded ? Uri.UnescapeDataString(key.Replace('+', ' ')) : key, // form-encoded: a plus itself comes as %2B
            Size = long.Parse(Text(entry, "Size"), CultureInfo.InvariantCulture), ETag = eTag,
            Sequencer = "", PrincipalId = store.AccountId, SourceIpAddress = "", RequestId = "", HostId = "",
        };
    }

    private static string Text(XElement parent, string name) => parent.Elements().FirstOrDefault(one => one.Name.LocalName == name)?.Value ?? "";
}
