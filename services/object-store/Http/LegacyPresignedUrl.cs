using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Glue.Foundation.S3;
using Glue.Foundation.Signing;
using Microsoft.AspNetCore.Http.Features;

namespace Glue.ObjectStore.Http;

/// <summary>
/// Presigned URLs of Signature Version 2 (<c>AWSAccessKeyId</c>, <c>Expires</c>, <c>Signature</c>). S3 retired it, but boto3 still
/// makes such URLs for us-east-1 unless told otherwise, so a store that refuses them breaks the most usual script there is.
/// Only URLs: in headers, Version 4 is required (S3 User Guide, "Authenticating requests (AWS signature version 2)").
/// </summary>
internal sealed class LegacyPresignedUrl(ICredentialSource credentials, TimeProvider time)
{
    /// <summary>Query parameters that are part of what is signed, beside the path: those that botocore signs, the one client that still makes such URLs.</summary>
    private static readonly string[] SignedParameters =
    [
        "accelerate", "analytics", "defaultObjectAcl", "inventory", "metrics", "object-lock", "replication", "restore", "select", "select-type", "storageClass",
        "acl", "cors", "delete", "lifecycle", "location", "logging", "notification", "partNumber", "policy", "requestPayment",
        "response-cache-control", "response-content-disposition", "response-content-encoding", "response-content-language",
        "response-content-type", "response-expires", "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning", "versions", "website",
    ];

    public static bool IsOne(S3Request request) => request.Has("AWSAccessKeyId") && request.Has("Signature") && request.Has("Expires");

    /// <exception cref="S3Exception">AccessDenied, InvalidAccessKeyId, SignatureDoesNotMatch, InvalidToken.</exception>
    public Credential Verify(S3Request request)
    {
        var credential = credentials.Find(request.Ask("AWSAccessKeyId")!)
            ?? throw new S3Exception(S3Error.InvalidAccessKeyId);
        if (credential.SessionToken != request.Ask("x-amz-security-token"))
        {
            throw new S3Exception(S3Error.InvalidToken);
        }

        if (!long.TryParse(request.Ask("Expires"), NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
            || expires < time.GetUtcNow().ToUnixTimeSeconds())
        {
            throw new S3Exception(S3Error.AccessDenied, "Request has expired");
        }

        if (request.Query.Keys.FirstOrDefault(static name => S3Actions.IsSubresource(name) && !SignedParameters.Contains(name)) is { } unsigned)
        {
            // Anybody who holds the URL could have added it, and turned a download into another operation.
            throw new S3Exception(S3Error.AccessDenied, $"Signature Version 2 does not cover the subresource '{unsigned}'; presign with Version 4");
        }

        var stringToSign = StringToSign(request, "");
        return IsSigned(request, credential, stringToSign) || (SubresourceInPath(request) is { } name && IsSigned(request, credential, StringToSign(request, name)))
            ? credential
            : throw new S3Exception(S3Error.SignatureDoesNotMatch) { Details = [("StringToSign", stringToSign)] };
    }

    private static bool IsSigned(S3Request request, Credential credential, string stringToSign)
    {
#pragma warning disable CA5350 // HMAC with SHA-1 is what Version 2 is, and is not broken as an HMAC
        var expected = HMACSHA1.HashData(Encoding.UTF8.GetBytes(credential.SecretAccessKey), Encoding.UTF8.GetBytes(stringToSign));
#pragma warning restore CA5350
        var provided = new byte[HMACSHA1.HashSizeInBytes];
        return Convert.TryFromBase64String(request.Ask("Signature")!, provided, out var length)
            && CryptographicOperations.FixedTimeEquals(expected, provided.AsSpan(0, length));
    }

    /// <summary>
    /// Before 1.31 botocore (Debian 12's) took the subresource for a part of the path: <c>/b/k?tagging</c> is signed as <c>/b/k?tagging?tagging</c>. It
    /// covers the same, so it is as good.
    /// </summary>
    /// <returns>With its question mark; null: the query does not begin with a subresource.</returns>
    private static string? SubresourceInPath(S3Request request)
    {
        var query = request.Http.Request.QueryString.Value ?? "";
        var end = query.IndexOf('&', StringComparison.Ordinal);
        return end > 0 && SignedParameters.Contains(query[1..end]) ? query[..end] : null;
    }

    /// <param name="request">What was asked.</param>
    /// <param name="behindPath">Signed as a part of the path.</param>
    private static string StringToSign(S3Request request, string behindPath)
    {
        var text = new StringBuilder(request.Http.Request.Method).Append('\n')
            .Append(request.Ask("content-md5") ?? request.Header("Content-MD5")).Append('\n')
            .Append(request.Ask("content-type") ?? request.Header("Content-Type")).Append('\n')
            .Append(request.Ask("Expires")).Append('\n');
        var amazon = request.Headers.Select(static header => (Name: header.Key.ToLowerInvariant(), Value: header.Value.ToString()))
            .Concat(request.Query.Select(static parameter => (Name: parameter.Key.ToLowerInvariant(), Value: parameter.Value.ToString())))
            .Where(static pair => pair.Name.StartsWith("x-amz-", StringComparison.Ordinal))
            .OrderBy(static pair => pair.Name, StringComparer.Ordinal);
        foreach (var (name, value) in amazon)
        {
            text.Append(name).Append(':').Append(value.Trim()).Append('\n');
        }

        var target = request.Http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var question = target.IndexOf('?', StringComparison.Ordinal);
        text.Append(request.IsVirtualHost ? "/" + request.BucketName : "").Append(question < 0 ? target : target[..question]);
        if (behindPath.Length == 0 && request.Key.Length == 0 && text[^1] != '/')
        {
            text.Append('/'); // a bucket is signed as "/bucket/", however its URL is written
        }

        text.Append(behindPath);

        var separator = '?';
        foreach (var name in request.Query.Keys.Where(static name => SignedParameters.Contains(name)).Order(StringComparer.Ordinal))
        {
            text.Append(separator).Append(name);
            separator = '&';
            if (request.Ask(name) is { Length: > 0 } value)
            {
                text.Append('=').Append(value);
            }
        }

        return text.ToString();
    }
}
