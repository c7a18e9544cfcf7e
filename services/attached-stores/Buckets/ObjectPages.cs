using System.Globalization;
using System.Xml.Linq;
using Glue.AttachedStores.Requests;
using Glue.AttachedStores.Stores;

namespace Glue.AttachedStores.Buckets;

/// <summary>Pages of a bucket's listing (ListObjectsV2), read strictly: what is no listing, or no whole page of one, is refused and never taken for an empty bucket.</summary>
internal sealed class ObjectPages(StoreHttp http) : IObjectPages
{
    /// <summary>S3's own bound.</summary>
    public const int MostKeys = 1000;

    public async Task<ListedPage> ReadAsync(AttachedStore store, string bucket, PageRequest request, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, string?>> query =
        [
            new("encoding-type", "url"), // a key may hold what XML cannot
            new("list-type", "2"), new("max-keys", request.MaxKeys.ToString(CultureInfo.InvariantCulture)),
        ];
        Add("prefix", request.Prefix.Length > 0 ? request.Prefix : null);
        Add("continuation-token", request.Token);
        Add("start-after", request.Token is null ? request.After : null);
        var answer = await http.AnswerAsync(store, HttpMethod.Get, StoreUrl.Of(store, bucket, query), cancellationToken: cancellationToken);
        if (answer.Body is not { Name.LocalName: "ListBucketResult" } page)
        {
            throw NoPage(store, $"its answer to a listing of {bucket} is no listing");
        }

        var isEncoded = Text(page, "EncodingType") == "url"; // not every store does as it is asked
        var objects = page.Elements().Where(static one => one.Name.LocalName == "Contents").Select(entry => Read(store, bucket, entry, isEncoded)).ToList();
        if (objects.Find(found => !found.Key.StartsWith(request.Prefix, StringComparison.Ordinal)) is { } stranger)
        {
            throw NoPage(store, $"a listing of {bucket} with the prefix '{request.Prefix}' has the key '{stranger.Key}'");
        }

        var isTruncated = Text(page, "IsTruncated") switch
        {
            "true" => true,
            "false" => false,
            _ => throw NoPage(store, $"a page of {bucket} does not say whether it is the last"),
        };
        var next = isTruncated && Text(page, "NextContinuationToken") is { Length: > 0 } token ? token : null;
        if (isTruncated && next is null && objects.Count == 0)
        {
            throw NoPage(store, $"a page of {bucket} is empty, is not the last, and does not say how to go on");
        }

        return new ListedPage(objects, next, isTruncated, answer.StoreTime);

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                query.Add(new(name, value));
            }
        }
    }

    private static ListedObject Read(AttachedStore store, string bucket, XElement entry, bool isEncoded)
    {
        var key = Text(entry, "Key");
        if (key.Length == 0
            || !DateTimeOffset.TryParse(Text(entry, "LastModified"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var modifiedAt)
            || !long.TryParse(Text(entry, "Size"), NumberStyles.None, CultureInfo.InvariantCulture, out var size))
        {
            throw NoPage(store, $"a listing of {bucket} has an entry without a key, a time or a size ('{key}')");
        }

        return new ListedObject(
            isEncoded ? Uri.UnescapeDataString(key.Replace('+', ' ')) : key, // form-encoded: a plus itself comes as %2B
            Text(entry, "ETag").Trim('"'), size, modifiedAt);
    }

    private static StoreException NoPage(AttachedStore store, string what) => new(store.Name, 502, "BadListing", $"Store {store.Name}: {what}.");

    private static string Text(XElement parent, string name) => parent.Elements().FirstOrDefault(one => one.Name.LocalName == name)?.Value ?? "";
}
