namespace Glue.Workers.Gateway;

/// <summary>The request target as it goes to the store: the caller's own bytes, less the query parameters of a presigned URL.</summary>
internal static class UpstreamTarget
{
    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <param name="store">The store's endpoint.</param>
    /// <param name="rawTarget">Path and query, percent-encoded as they came: keys such as <c>a/../b</c> must not be tidied up.</param>
    /// <returns>Null: not in origin form.</returns>
    public static Uri? Of(Uri store, string rawTarget) =>
        WithoutSignature(rawTarget) is { } target && Uri.TryCreate(store.GetLeftPart(UriPartial.Authority) + target, Verbatim, out var uri) ? uri : null;

    /// <summary><c>http://store/bucket/key</c> as <c>http://bucket.store/key</c>, the rest byte for byte.</summary>
    public static Uri OfVirtualHost(Uri target)
    {
        var text = target.PathAndQuery;
        var end = text.AsSpan(1).IndexOfAny('/', '?') is >= 0 and var found ? found + 1 : text.Length;
        var rest = text[end..];
        return new Uri($"{target.Scheme}://{text[1..end]}.{target.Authority}{(rest.StartsWith('/') ? "" : "/")}{rest}", Verbatim);
    }

    /// <returns>The same string where there is no signature in it; null: not in origin form.</returns>
    public static string? WithoutSignature(string target)
    {
        if (!target.StartsWith('/'))
        {
            return null;
        }

        var question = target.IndexOf('?', StringComparison.Ordinal);
        if (question < 0 || !(target.Contains("X-Amz-", StringComparison.OrdinalIgnoreCase) || target.Contains("AWSAccessKeyId", StringComparison.Ordinal)))
        {
            return target;
        }

        var isVersion2 = target.Contains("AWSAccessKeyId=", StringComparison.Ordinal);
        var kept = target[(question + 1)..].Split('&').Where(parameter => !IsOfSignature(parameter, isVersion2)).ToList();
        return kept.Count > 0 ? $"{target[..question]}?{string.Join('&', kept)}" : target[..question];
    }

    private static bool IsOfSignature(string parameter, bool isVersion2)
    {
        var equals = parameter.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? parameter : parameter[..equals];
        return name.ToLowerInvariant() is "x-amz-algorithm" or "x-amz-credential" or "x-amz-date" or "x-amz-expires"
                or "x-amz-signedheaders" or "x-amz-signature" or "x-amz-security-token"
            || (isVersion2 && name is "AWSAccessKeyId" or "Signature" or "Expires");
    }
}
