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
        var authority = bucket is null || store.IsPathStyle ? store.Endpoint.Authority : $"{bucket}.{store.Endpoint.Authority}";
        var path = bucket is null || !store.IsPathStyle ? "/" : $"/{bucket}";
        var parameters = string.Join('&', query.Select(static one => one.Value is null ? one.Key + "=" : $"{one.Key}={Uri.EscapeDataString(one.Value)}"));
        return new Uri($"{store.Endpoint.Scheme}://{authority}{path}{(parameters.Length > 0 ? "?" : "")}{parameters}", Verbatim);
    }
}
