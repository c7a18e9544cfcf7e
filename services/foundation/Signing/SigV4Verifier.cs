using System.Security.Cryptography;
using Glue.Foundation.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Glue.Foundation.Signing;

/// <summary>
/// Verifies AWS Signature Version 4, in the Authorization header or presigned in the query (IAM User Guide, "AWS Signature
/// Version 4 for API requests", read 2026-11). Any region is accepted: an own installation has only one. Thread-safe.
/// </summary>
public sealed class SigV4Verifier(ICredentialSource credentials, TimeProvider time)
{
    private const string UnsignedPayload = "UNSIGNED-PAYLOAD";
    private static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(15);

    private readonly SigningKeyCache _keys = new();
    private readonly SignedHeaderLists _headerLists = new();

    /// <summary>
    /// Verifies a request whose body was not read yet. Its signature says how the body is signed, and the reader of the body
    /// checks that: see <see cref="SigV4Result.PayloadSigning"/>.
    /// </summary>
    /// <param name="request">As it arrived: the path is taken from the raw request line.</param>
    /// <param name="service">As in the credential's scope: <c>s3</c>, <c>lambda</c>.</param>
    public SigV4Result Verify(HttpRequest request, string service) => Verify(request, service, default);

    /// <summary>
    /// Verifies a request together with its body. Needed for every service but S3: their clients sign the body's hash without
    /// sending it.
    /// </summary>
    /// <param name="request">As it arrived: the path is taken from the raw request line.</param>
    /// <param name="service">As in the credential's scope: <c>s3</c>, <c>lambda</c>.</param>
    /// <param name="bodySha256">32 bytes; empty when the body was not read.</param>
    public SigV4Result Verify(HttpRequest request, string service, ReadOnlySpan<byte> bodySha256)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(service);
        var unreadable = SigV4Request.TryRead(request, out var signature);
        if (unreadable is not null)
        {
            return SigV4Result.Bad(unreadable);
        }

        var cached = _keys.Find(signature.Credential);
        var accessKeyId = cached?.Credential.AccessKeyId ?? signature.AccessKeyId.ToString();
        if (credentials.Find(accessKeyId) is not { } credential)
        {
            return SigV4Result.Bad(new SigV4Failure(SigV4FailureKind.UnknownKey, "The access key id you provided does not exist here.")
            {
                AccessKeyId = accessKeyId,
            });
        }

        if (CheckCircumstances(signature, credential, service) is { } refused)
        {
            return SigV4Result.Bad(refused with { AccessKeyId = accessKeyId });
        }

        var key = cached is not null && cached.Credential.SecretAccessKey == credential.SecretAccessKey
            ? cached
            : new SigningKey(credential, signature.Scope.ToString());
        var result = VerifySignature(request, signature, key, credential, isS3: service == "s3", bodySha256);
        if (result.Failure is null && !ReferenceEquals(key, cached))
        {
            _keys.Keep(signature.Credential.ToString(), key);
        }

        return result;
    }

    private SigV4Failure? CheckCircumstances(in SigV4Request signature, Credential credential, string service)
    {
        var scope = signature.Scope;
        var afterRegion = scope[(scope.IndexOf('/') + 1)..];
        var scopeService = afterRegion[(afterRegion.IndexOf('/') + 1)..^"/aws4_request".Length];
        if (!scopeService.SequenceEqual(service))
        {
            return new SigV4Failure(SigV4FailureKind.Malformed, $"The credential is scoped to service '{scopeService}'; this endpoint serves '{service}'.");
        }

        if (!TokenMatches(credential.SessionToken, signature.SessionToken))
        {
            return new SigV4Failure(SigV4FailureKind.InvalidToken, credential.SessionToken is null
                ? "This access key is used without a session token; unset AWS_SESSION_TOKEN."
                : "The session token is missing or is not the one of this access key.");
        }

        var age = time.GetUtcNow() - signature.SignedAt;
        if (signature.Lifetime is { } lifetime)
        {
            return age > lifetime ? new SigV4Failure(SigV4FailureKind.Expired, "Request has expired")
                : age < -MaxSkew ? new SigV4Failure(SigV4FailureKind.Expired, "Request is not valid yet")
                : null;
        }

        return age.Duration() <= MaxSkew ? null : new SigV4Failure(
            SigV4FailureKind.Skewed, "The difference between the request time and the current time is too large (more than 15 minutes). Set the client's clock.");
    }

    private SigV4Result VerifySignature(
        HttpRequest request, in SigV4Request signature, SigningKey key, Credential credential, bool isS3, ReadOnlySpan<byte> bodySha256)
    {
        var headers = _headerLists.Get(signature.SignedHeaders);
        if (Array.IndexOf(headers, "host") < 0)
        {
            return SigV4Result.Bad(SigV4FailureKind.HeadersNotSigned, "The header host must be signed.");
        }

        if (isS3 && FirstUnsigned(request.Headers, headers) is { } unsigned)
        {
            return SigV4Result.Bad(SigV4FailureKind.HeadersNotSigned, $"There were headers present in the request which were not signed: {unsigned}");
        }

        var payloadHash = PayloadHash(request, signature, isS3, bodySha256);
        if (payloadHash is null)
        {
            return SigV4Result.Bad(SigV4FailureKind.Malformed, "Missing required header for this request: x-amz-content-sha256");
        }

        using var canonical = Utf8Buffer.Rent();
        AppendCanonical(canonical, request, headers, signature.SignedHeaders, payloadHash, isS3);
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> provided = stackalloc byte[HMACSHA256.HashSizeInBytes];
        key.Sign(signature.Timestamp, canonical.Written, expected);
        if (Convert.FromHexString(signature.Signature, provided, out _, out _) != System.Buffers.OperationStatus.Done
            || !CryptographicOperations.FixedTimeEquals(expected, provided))
        {
            return SigV4Result.Bad(Mismatch(signature, key, canonical));
        }

        if (!bodySha256.IsEmpty && IsHash(payloadHash) && !Convert.ToHexStringLower(bodySha256).Equals(payloadHash, StringComparison.OrdinalIgnoreCase))
        {
            return SigV4Result.Bad(SigV4FailureKind.PayloadMismatch, "The provided 'x-amz-content-sha256' header does not match what was computed.");
        }

        return Describe(payloadHash, signature, key) is { } payload
            ? SigV4Result.Good(credential, payload)
            : SigV4Result.Bad(SigV4FailureKind.Malformed,
                "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, one of the STREAMING- values, or a valid sha256 value.");
    }

    private static void AppendCanonical(
        Utf8Buffer canonical, HttpRequest request, string[] headers, ReadOnlySpan<char> signedHeaders, string payloadHash, bool isS3)
    {
        var rawTarget = RequestTarget.WithoutAuthority(request.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget);
        var question = rawTarget.IndexOf('?');
        CanonicalRequest.AppendTarget(
            canonical, request.Method,
            question < 0 ? rawTarget : question == 0 ? "/" : rawTarget[..question],
            question < 0 ? default : rawTarget[(question + 1)..],
            isS3);
        foreach (var name in headers)
        {
            var values = request.Headers[name];
            canonical.Append(name);
            canonical.Append((byte)':');
            for (var i = 0; i < values.Count; i++)
            {
                if (i > 0)
                {
                    canonical.Append((byte)',');
                }

                CanonicalRequest.AppendHeaderValue(canonical, values[i]);
            }

            canonical.Append((byte)'\n');
        }

        canonical.Append((byte)'\n');
        canonical.Append(signedHeaders);
        canonical.Append((byte)'\n');
        canonical.Append(payloadHash);
    }

    private static string? PayloadHash(HttpRequest request, in SigV4Request signature, bool isS3, ReadOnlySpan<byte> bodySha256)
    {
        string? header = request.Headers["x-amz-content-sha256"];
        return !string.IsNullOrEmpty(header) ? header
            : signature.IsPresigned && isS3 ? UnsignedPayload
            : bodySha256.IsEmpty ? null
            : Convert.ToHexStringLower(bodySha256);
    }

    private static PayloadSigning? Describe(string payloadHash, in SigV4Request signature, SigningKey key) => payloadHash switch
    {
        UnsignedPayload => PayloadSigning.Unsigned,
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER" => PayloadSigning.StreamingUnsignedTrailer,
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" => PayloadSigning.Streaming(PayloadSigningKind.StreamingSigned, Seed(signature, key)),
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" => PayloadSigning.Streaming(PayloadSigningKind.StreamingSignedTrailer, Seed(signature, key)),
        _ => IsHash(payloadHash) ? PayloadSigning.SignedHash(payloadHash) : null,
    };

    private static bool IsHash(string payloadHash) => payloadHash.Length == 64 && payloadHash.All(char.IsAsciiHexDigit);

    private static ChunkSigningSeed Seed(in SigV4Request signature, SigningKey key) =>
        new(signature.Signature.ToString(), key.Bytes, signature.Timestamp, key.Scope);

    private static SigV4Failure Mismatch(in SigV4Request signature, SigningKey key, Utf8Buffer canonical)
    {
        using var stringToSign = Utf8Buffer.Rent();
        key.AppendStringToSign(stringToSign, signature.Timestamp, canonical.Written);
        return new SigV4Failure(
            SigV4FailureKind.SignatureMismatch,
            "The request signature we calculated does not match the signature you provided. Check your key and signing method.")
        {
            AccessKeyId = signature.AccessKeyId.ToString(),
            CanonicalRequest = canonical.ToString(),
            StringToSign = stringToSign.ToString(),
            SignatureProvided = signature.Signature.ToString(),
        };
    }

    /// <summary>S3's rule: every x-amz- header that is there must be under the signature.</summary>
    private static string? FirstUnsigned(IHeaderDictionary headers, string[] signed)
    {
        foreach (var header in headers)
        {
            if (header.Key.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase)
                && !signed.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
            {
                return header.Key;
            }
        }

        return null;
    }

    private static bool TokenMatches(string? expected, string? provided) =>
        (expected, provided) switch
        {
            (null, null) => true,
            (null, _) or (_, null) => false,
            _ => CryptographicOperations.FixedTimeEquals(
                System.Text.Encoding.UTF8.GetBytes(expected), System.Text.Encoding.UTF8.GetBytes(provided)),
        };
}
