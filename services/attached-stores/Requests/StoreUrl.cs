using Glue.AttachedStores.Stores;

namespace Glue.AttachedStores.Requests;

/// <summary>Addresses of buckets and objects in a store, path or virtual-host style.</summary>
internal static class StoreUrl
{
    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <param name="store">Which.</param>
    /// <param name="bucket">Null: the service itself.</param>
    /// <param name="query">Names and values, not escaped; null values are names alone.</param>
    public static Uri Of(AttachedStore store, string? bucket, params IEnumerable<KeyValuePair<string, string?>> query)
    {
        var parameters = string.Join('&', query.Select(static one => one.Value is null ? one.Key + "=" : $"{one.Key}={Uri.EscapeDataString(one.Value)}"));
        return new Uri($"{Base(store, bucket)}{(parameters.Length > 0 ? "?" : "")}{parameters}", Verbatim);
    }

    /// <param name="store">Which.</param>
    /// <param name="bucket">Its bucket.</param>
    /// <param name="key">Raw; what looks like a step up or a double slash in it stays.</param>
    public static Uri OfObject(AttachedStore store, string bucket, string key) =>
        new($"{Base(store, bucket).TrimEnd('/')}/{string.Join('/', key.Split('/').Select(Uri.EscapeDataString))}", Verbatim);

    private static string Base(AttachedStore store, string? bucket) =>
        $"{store.Endpoint.Scheme}://{(bucket is null || store.IsPathStyle ? "" : bucket + ".")}{store.Endpoint.Authority}/{(store.IsPathStyle ? bucket : "")}";
}
