using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;

namespace Glue.Foundation.Signing;

/// <summary>Signs outgoing requests with AWS Signature Version 4. Derived keys are kept for a day's use. Thread-safe.</summary>
public sealed class SigV4Signer(TimeProvider time)
{
    /// <summary>For <c>payloadHash</c>: the body is outside the signature.</summary>
    public const string UnsignedPayload = "UNSIGNED-PAYLOAD";

    /// <summary>SHA-256 of nothing.</summary>
    public const string EmptyPayload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private readonly ConcurrentDictionary<(string AccessKeyId, string Region, string Service), (string Date, SigningKey Key)> _keys = new();

    /// <summary>
    /// Sets <c>x-amz-date</c>, <c>x-amz-content-sha256</c>, <c>x-amz-security-token</c> and <c>Authorization</c>. Everything
    /// signed (host, all <c>x-amz-</c> and <c>x-glue-</c> headers, the content type) must be set before. The path must be on the
    /// request URI as it shall go over the wire.
    /// </summary>
    /// <param name="request">With an absolute URI.</param>
    /// <param name="credential">Whose name.</param>
    /// <param name="region">E.g. <c>us-east-1</c>.</param>
    /// <param name="service"><c>s3</c> or <c>lambda</c>.</param>
    /// <param name="payloadHash">Lower-case hexadecimal SHA-256 of the body, or <see cref="UnsignedPayload"/>.</param>
    public void Sign(HttpRequestMessage request, Credential credential, string region, string service, string payloadHash)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(credential);
        var uri = request.RequestUri ?? throw new ArgumentException("A request without a URI cannot be signed.", nameof(request));
        var timestamp = time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        Set(request, "x-amz-date", timestamp);
        Set(request, "x-amz-content-sha256", payloadHash);
        if (credential.SessionToken is { } token)
        {
            Set(request, "x-amz-security-token", token);
        }

        var headers = SignedHeaders(request, uri);
        var names = string.Join(';', headers.Select(static header => header.Name));
        var key = Key(credential, timestamp[..8], region, service);
        using var canonical = Utf8Buffer.Rent();
        var pathAndQuery = uri.PathAndQuery.AsSpan();
        var question = pathAndQuery.IndexOf('?');
        CanonicalRequest.AppendTarget(
            canonical, request.Method.Method,
            question < 0 ? pathAndQuery : pathAndQuery[..question],
            question < 0 ? default : pathAndQuery[(question + 1)..],
            isObjectPath: service == "s3");
        foreach (var (name, value) in headers)
        {
            CanonicalRequest.AppendHeader(canonical, name, value);
        }

        canonical.Append((byte)'\n');
        canonical.Append(names);
        canonical.Append((byte)'\n');
        canonical.Append(payloadHash);
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        key.Sign(timestamp, canonical.Written, signature);
        Set(request, "Authorization",
            $"AWS4-HMAC-SHA256 Credential={credential.AccessKeyId}/{key.Scope}, SignedHeaders={names}, Signature={Convert.ToHexStringLower(signature)}");
    }

    private static void Set(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }

    private static List<(string Name, string Value)> SignedHeaders(HttpRequestMessage request, Uri uri)
    {
        var headers = new List<(string Name, string Value)>(8) { ("host", request.Headers.Host ?? uri.Authority) };
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            if (name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("x-glue-", StringComparison.OrdinalIgnoreCase))
            {
                headers.Add((name.ToLowerInvariant(), string.Join(',', values.Select(static value => value.Trim()))));
            }
        }

        if (request.Content?.Headers.NonValidated.TryGetValues("Content-Type", out var contentType) is true)
        {
            headers.Add(("content-type", contentType.ToString()));
        }

        headers.Sort(static (x, y) => string.CompareOrdinal(x.Name, y.Name));
        return headers;
    }

    private SigningKey Key(Credential credential, string date, string region, string service)
    {
        var name = (credential.AccessKeyId, region, service);
        if (_keys.TryGetValue(name, out var kept) && kept.Date == date && kept.Key.Credential.SecretAccessKey == credential.SecretAccessKey)
        {
            return kept.Key;
        }

        var key = new SigningKey(credential, $"{date}/{region}/{service}/aws4_request");
        _keys[name] = (date, key);
        return key;
    }
}
