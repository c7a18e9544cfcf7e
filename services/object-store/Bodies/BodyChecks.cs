using System.Security.Cryptography;
using Glue.Foundation.Checksums;
using Glue.Foundation.Signing;
using Glue.ObjectStore.Http;
using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Bodies;

/// <summary>
/// Everything a request claims about its body, checked while the body passes by: Content-MD5, the signed SHA-256, and one
/// additional checksum, from a header or from a trailer.
/// </summary>
internal sealed class BodyChecks : IDisposable
{
    private readonly RunningDigest _digest;
    private readonly RunningDigest? _contentMd5; // null: none is claimed, or the digest is it
    private readonly IncrementalHash? _sha256;
    private readonly RunningChecksum? _checksum;
    private readonly byte[]? _expectedMd5;
    private readonly string? _expectedSha256;
    private readonly string? _expectedChecksum;
    private readonly bool _checksumInTrailer;

    /// <param name="request">The headers that make the claims.</param>
    /// <param name="signing">May sign the body's hash.</param>
    /// <param name="digest">What the body will be told by.</param>
    /// <param name="wanted">To compute also when the request claims none; a multipart upload's algorithm.</param>
    /// <exception cref="S3Exception">A claim cannot be read.</exception>
    public BodyChecks(IHeaderDictionary request, PayloadSigning signing, BodyDigest digest, ChecksumAlgorithm? wanted)
    {
        _digest = new RunningDigest(digest);
        _expectedMd5 = ReadContentMd5(request.Text("Content-MD5"));
        _contentMd5 = _expectedMd5 is not null && digest != BodyDigest.Md5 ? new RunningDigest(BodyDigest.Md5) : null;
        if (signing is { Kind: PayloadSigningKind.SignedHash, Sha256Hex: { } hash })
        {
            _expectedSha256 = hash;
            _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        }

        var (algorithm, value) = ReadChecksumHeader(request);
        if (algorithm is null && ChecksumAlgorithms.FromHeader(request.Text("x-amz-trailer")) is { } trailer)
        {
            algorithm = trailer;
            _checksumInTrailer = true;
        }

        algorithm ??= wanted
            ?? ChecksumAlgorithms.FromName(request.Text("x-amz-sdk-checksum-algorithm") ?? request.Text("x-amz-checksum-algorithm"));
        if (algorithm is { } chosen)
        {
            _expectedChecksum = value;
            _checksum = new RunningChecksum(chosen);
        }
    }

    private BodyChecks(BodyDigest digest, ChecksumAlgorithm? wanted)
    {
        _digest = new RunningDigest(digest);
        _checksum = wanted is { } algorithm ? new RunningChecksum(algorithm) : null;
    }

    /// <summary>For bytes that come from the store itself: nothing is claimed, only computed.</summary>
    public static BodyChecks WithoutClaims(BodyDigest digest, ChecksumAlgorithm? wanted) => new(digest, wanted);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _digest.Append(bytes);
        _contentMd5?.Append(bytes);
        _sha256?.AppendData(bytes);
        _checksum?.Append(bytes);
    }

    /// <exception cref="S3Exception">The body is not what the request claims.</exception>
    public (byte[] Digest, Checksum? Checksum) Finish(PayloadReader payload)
    {
        if (_sha256 is not null && !Convert.ToHexStringLower(_sha256.GetHashAndReset()).Equals(_expectedSha256, StringComparison.OrdinalIgnoreCase))
        {
            throw new S3Exception(S3Error.XAmzContentSha256Mismatch);
        }

        var digest = _digest.Finish();
        if (_expectedMd5 is not null && !_expectedMd5.AsSpan().SequenceEqual(_contentMd5?.Finish() ?? digest))
        {
            throw new S3Exception(S3Error.BadDigest, "The Content-MD5 you specified did not match what we received.");
        }

        if (_checksum is null)
        {
            return (digest, null);
        }

        var computed = new Checksum(_checksum.Algorithm, _checksum.Finish());
        var expected = _checksumInTrailer
            ? payload.Trailers.GetValueOrDefault(computed.Algorithm.Header())
              ?? throw new S3Exception(S3Error.InvalidRequest, $"The trailer {computed.Algorithm.Header()}, announced by x-amz-trailer, did not come.")
            : _expectedChecksum;
        return expected is null || expected == computed.Value
            ? (digest, computed)
            : throw new S3Exception(S3Error.BadDigest, $"The {computed.Algorithm.Name()} you specified did not match the calculated checksum.");
    }

    public void Dispose()
    {
        _digest.Dispose();
        _contentMd5?.Dispose();
        _sha256?.Dispose();
        _checksum?.Dispose();
    }

    private static byte[]? ReadContentMd5(string? header)
    {
        if (header is null)
        {
            return null;
        }

        var value = new byte[16];
        return Convert.TryFromBase64String(header, value, out var length) && length == 16
            ? value
            : throw new S3Exception(S3Error.InvalidDigest, "The Content-MD5 you specified is not valid: it must be 16 bytes in base64.");
    }

    private static (ChecksumAlgorithm? Algorithm, string? Value) ReadChecksumHeader(IHeaderDictionary request)
    {
        (ChecksumAlgorithm? Algorithm, string? Value) found = (null, null);
        Span<byte> decoded = stackalloc byte[64];
        foreach (var algorithm in ChecksumAlgorithms.All)
        {
            if (request.Text(algorithm.Header()) is not { } value)
            {
                continue;
            }

            if (found.Algorithm is not null)
            {
                throw new S3Exception(S3Error.InvalidRequest, "Expecting a single x-amz-checksum- header. Multiple checksum types are not allowed.");
            }

            if (!Convert.TryFromBase64String(value, decoded, out var length) || length != algorithm.Bytes())
            {
                throw new S3Exception(S3Error.InvalidRequest, $"Value for {algorithm.Header()} header is invalid.");
            }

            found = (algorithm, value);
        }

        return found;
    }
}
