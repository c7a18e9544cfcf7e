namespace Glue.Foundation.Http;

/// <summary>The target of a request as it was on the wire: a decoded path has lost what was encoded, and <c>a/../b</c>.</summary>
public static class RequestTarget
{
    /// <summary>Strips scheme and host from the absolute form (RFC 9112, 3.2.2), in which proxies are asked.</summary>
    /// <returns>Path and query; in the absolute form the path may be missing.</returns>
    public static ReadOnlySpan<char> WithoutAuthority(ReadOnlySpan<char> rawTarget)
    {
        var scheme = rawTarget.StartsWith("/") ? -1 : rawTarget.IndexOf("://");
        if (scheme < 0)
        {
            return rawTarget.IsEmpty ? "/" : rawTarget;
        }

        var behind = rawTarget[(scheme + 3)..];
        var end = behind.IndexOfAny('/', '?');
        return end < 0 ? "/" : behind[end..];
    }
}
