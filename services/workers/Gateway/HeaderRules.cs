using System.Collections.Frozen;

namespace Glue.Workers.Gateway;

/// <summary>Which headers pass the gateway.</summary>
internal static class HeaderRules
{
    /// <summary>Of one connection only (RFC 9110, section 7.6.1), or written anew by the gateway.</summary>
    private static readonly FrozenSet<string> NotForwarded = new[]
    {
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding",
        "Upgrade", "Host", "Expect", "Content-Length",
        // The caller's signature: made with keys that mean nothing outside its sandbox.
        "Authorization", "Date", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> OfChunkedBodies = new[]
    {
        // Of the framing that is taken off. The algorithm goes with it: S3 refuses it without the checksum it announces.
        "x-amz-decoded-content-length", "x-amz-trailer", "x-amz-sdk-checksum-algorithm",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> NotReturned = new[]
    {
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Connection", "Trailer", "Transfer-Encoding", "Upgrade", "Date",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The one of Glue's own headers that a function may send to the embedded store: what a part's ETag is.</summary>
    private const string PartETag = "x-glue-part-etag";

    /// <param name="name">Of a request header.</param>
    /// <param name="isChunked">The body is <c>aws-chunked</c> and will be decoded.</param>
    /// <param name="isEmbedded">It goes to the embedded store: others know nothing of Glue.</param>
    public static bool IsForwarded(string name, bool isChunked, bool isEmbedded) =>
        !NotForwarded.Contains(name)
        && !IsForged(name) && (isEmbedded || !IsPartETag(name))
        && !(isChunked && OfChunkedBodies.Contains(name));

    /// <summary>True for request headers that mean nothing, or too much, outside of the sandbox: its signature, and what the store believes only of us.</summary>
    public static bool IsOfSandbox(string name) =>
        name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)
        || name.Equals("x-amz-security-token", StringComparison.OrdinalIgnoreCase)
        || IsForged(name);

    public static bool IsReturned(string name) => !NotReturned.Contains(name);

    /// <summary>Of Glue's own headers, those that the store believes only of the gateway.</summary>
    private static bool IsForged(string name) => name.StartsWith("x-glue-", StringComparison.OrdinalIgnoreCase) && !IsPartETag(name);

    private static bool IsPartETag(string name) => name.Equals(PartETag, StringComparison.OrdinalIgnoreCase);

    /// <summary>True for headers that .NET keeps with the content of a message.</summary>
    public static bool IsContentHeader(string name) =>
        name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Expires", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Last-Modified", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Allow", StringComparison.OrdinalIgnoreCase);
}
