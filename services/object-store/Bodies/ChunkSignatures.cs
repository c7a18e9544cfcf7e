using System.Security.Cryptography;
using System.Text;
using Glue.Foundation.Signing;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Bodies;

/// <summary>Follows the chain of signatures through an aws-chunked body: each covers its chunk and the signature before.</summary>
internal sealed class ChunkSignatures(ChunkSigningSeed seed) : IDisposable
{
    private static readonly string EmptyHash = SigV4Signer.EmptyPayload;

    private readonly IncrementalHash _chunk = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private string _previous = seed.Signature;

    public void Append(ReadOnlySpan<byte> chunkBytes) => _chunk.AppendData(chunkBytes);

    /// <exception cref="S3Exception">SignatureDoesNotMatch.</exception>
    public void EndChunk(string signature)
    {
        var hash = Convert.ToHexStringLower(_chunk.GetHashAndReset());
        Check(signature, $"AWS4-HMAC-SHA256-PAYLOAD\n{seed.Timestamp}\n{seed.Scope}\n{_previous}\n{EmptyHash}\n{hash}");
    }

    /// <param name="canonicalTrailers">Each as <c>name:value\n</c>, in the order sent.</param>
    /// <param name="signature">The value of <c>x-amz-trailer-signature</c>.</param>
    /// <exception cref="S3Exception">SignatureDoesNotMatch.</exception>
    public void EndTrailers(string canonicalTrailers, string signature)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonicalTrailers)));
        Check(signature, $"AWS4-HMAC-SHA256-TRAILER\n{seed.Timestamp}\n{seed.Scope}\n{_previous}\n{hash}");
    }

    public void Dispose() => _chunk.Dispose();

    private void Check(string signature, string stringToSign)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(seed.SigningKey.Span, Encoding.UTF8.GetBytes(stringToSign), expected);
        Span<byte> provided = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (signature.Length != 64
            || Convert.FromHexString(signature, provided, out _, out _) != System.Buffers.OperationStatus.Done
            || !CryptographicOperations.FixedTimeEquals(expected, provided))
        {
            throw new S3Exception(S3Error.SignatureDoesNotMatch,
                "A chunk's signature does not match: the body was changed on the way, or the chunks are out of order.");
        }

        _previous = signature;
    }
}
