using Glue.AttachedStores.Stores;

namespace Glue.AttachedStores.Buckets;

/// <summary>What a store's bucket holds, a page at a time.</summary>
internal interface IObjectPages
{
    /// <exception cref="Requests.StoreException">The store refused (404: the bucket is gone), or its answer is no page of a listing.</exception>
    /// <exception cref="HttpRequestException">The store does not answer.</exception>
    Task<ListedPage> ReadAsync(AttachedStore store, string bucket, PageRequest request, CancellationToken cancellationToken);
}

/// <summary>Which page.</summary>
/// <param name="Prefix">Only keys that begin so.</param>
/// <param name="After">The key before the first that is wanted; null: from the beginning. Not with a token.</param>
/// <param name="Token">Where the page before said that it goes on.</param>
/// <param name="MaxKeys">1 to <see cref="ObjectPages.MostKeys"/>.</param>
internal readonly record struct PageRequest(string Prefix, string? After, string? Token, int MaxKeys);

/// <param name="Objects">In the store's order.</param>
/// <param name="Next">The token of the next page; null: there is none, or the store gives none.</param>
/// <param name="IsTruncated">There is more.</param>
/// <param name="StoreTime">The store's clock, in whole seconds; null: it does not say.</param>
internal sealed record ListedPage(IReadOnlyList<ListedObject> Objects, string? Next, bool IsTruncated, DateTimeOffset? StoreTime);

/// <summary>An object as a listing shows it.</summary>
/// <param name="Key">Raw.</param>
/// <param name="ETag">Without quotes.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedAt">Of some stores in whole seconds.</param>
internal sealed record ListedObject(string Key, string ETag, long Size, DateTimeOffset ModifiedAt);
