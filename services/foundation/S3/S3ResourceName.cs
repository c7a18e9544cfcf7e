using System.Text;
using Glue.Foundation.Http;

namespace Glue.Foundation.S3;

/// <summary>What a request names: bucket and key, from the Host header (virtual-host style) and the raw path.</summary>
/// <param name="Bucket">Empty: the service itself.</param>
/// <param name="Key">Decoded; empty: the bucket itself.</param>
public readonly record struct S3ResourceName(string Bucket, string Key)
{
    /// <summary>The bucket came from the Host header.</summary>
    public bool IsVirtualHost { get; private init; }

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// Reads the path as it was on the wire: a decoded one has lost the difference between <c>a/../b</c> and <c>b</c>, which are two
    /// keys to S3.
    /// </summary>
    /// <exception cref="S3NameException">Not percent-encoded UTF-8.</exception>
    public static S3ResourceName Parse(ReadOnlySpan<char> rawTarget, string host, IReadOnlyList<string> baseDomains)
    {
        rawTarget = RequestTarget.WithoutAuthority(rawTarget);
        var question = rawTarget.IndexOf('?');
        var path = question < 0 ? rawTarget : rawTarget[..question];
        path = path.StartsWith("/") ? path[1..] : path;
        if (BucketOfHost(host, baseDomains) is { } bucket)
        {
            return new S3ResourceName(bucket, Decode(path)) { IsVirtualHost = true };
        }

        var end = path.IndexOf('/');
        return end < 0
            ? new S3ResourceName(Decode(path), "")
            : new S3ResourceName(Decode(path[..end]), Decode(path[(end + 1)..]));
    }

    /// <exception cref="S3NameException">Not percent-encoded UTF-8.</exception>
    public static string Decode(ReadOnlySpan<char> escaped)
    {
        if (!escaped.Contains('%'))
        {
            return escaped.ToString();
        }

        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(escaped.Length)];
        var length = 0;
        try
        {
            while (!escaped.IsEmpty)
            {
                var percent = escaped.IndexOf('%');
                var plain = percent < 0 ? escaped : escaped[..percent];
                length += Strict.GetBytes(plain, bytes.AsSpan(length));
                escaped = escaped[plain.Length..];
                if (percent >= 0)
                {
                    bytes[length++] = byte.Parse(escaped[1..3], System.Globalization.NumberStyles.AllowHexSpecifier);
                    escaped = escaped[3..];
                }
            }

            return Strict.GetString(bytes, 0, length);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new S3NameException(e);
        }
    }

    private static string? BucketOfHost(string host, IReadOnlyList<string> baseDomains)
    {
        var name = host.AsSpan();
        var colon = name.LastIndexOf(':');
        if (colon >= 0 && !name.EndsWith("]"))
        {
            name = name[..colon];
        }

        // The longest domain counts: "photos.s3.localhost" is bucket photos, not bucket photos.s3 of localhost.
        var labels = -1;
        foreach (var domain in baseDomains)
        {
            if (name.Equals(domain, StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }

            if (name.Length > domain.Length + 1 && name[^(domain.Length + 1)] == '.' && name.EndsWith(domain, StringComparison.OrdinalIgnoreCase))
            {
                var length = name.Length - domain.Length - 1;
                labels = labels < 0 ? length : Math.Min(labels, length);
            }
        }

        return labels < 0 ? null : name[..labels].ToString().ToLowerInvariant();
    }
}
