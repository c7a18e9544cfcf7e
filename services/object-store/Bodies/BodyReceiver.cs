using System.Buffers;
using Glue.Foundation.Checksums;
using Glue.Foundation.Signing;
using Glue.ObjectStore.Files;
using Glue.ObjectStore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Glue.ObjectStore.Bodies;

/// <summary>What came, all of its checks passed.</summary>
internal sealed record ReceivedBody(long Length, byte[] Digest, Checksum? Checksum)
{
    public string ETag => Convert.ToHexStringLower(Digest);
}

/// <summary>Takes in request bodies: unframed, checked, in pooled pieces.</summary>
internal static class BodyReceiver
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>How many bytes of object the request says it brings; null: it does not say.</summary>
    public static long? AnnouncedBytes(S3Request request) =>
        long.TryParse(request.Header("x-amz-decoded-content-length"), System.Globalization.NumberStyles.None, null, out var decoded) ? decoded
        : request.PayloadSigning.Kind is PayloadSigningKind.Unsigned or PayloadSigningKind.SignedHash ? request.Http.Request.ContentLength
        : null;

    /// <summary>Streams the body into a blob.</summary>
    /// <exception cref="S3Exception">The body is not what the request claims, or too large.</exception>
    /// <exception cref="IOException">The disk, or the client, failed.</exception>
    public static Task<ReceivedBody> ReceiveAsync(S3Request request, BlobWriter blob, long maxBytes, ChecksumAlgorithm? wanted = null) =>
        ReceiveAsync(request, blob.Digest, blob.WriteAsync, maxBytes, wanted);

    /// <summary>Streams the file of a form into a blob.</summary>
    /// <param name="claims">The form's fields that say what headers say of other bodies.</param>
    /// <param name="file">The bytes.</param>
    /// <param name="blob">Where to.</param>
    /// <param name="maxBytes">More is EntityTooLarge.</param>
    /// <param name="cancellationToken">The client left.</param>
    public static async Task<ReceivedBody> ReceiveAsync(
        IHeaderDictionary claims, PayloadReader file, BlobWriter blob, long maxBytes, CancellationToken cancellationToken)
    {
        using var checks = new BodyChecks(claims, PayloadSigning.Unsigned, blob.Digest, wanted: null);
        return await ReceiveAsync(file, checks, blob.WriteAsync, maxBytes, cancellationToken);
    }

    /// <summary>Copies bytes the store already has into a new blob.</summary>
    public static async Task<ReceivedBody> CopyAsync(PayloadReader stored, BlobWriter blob, ChecksumAlgorithm? wanted, CancellationToken cancellationToken)
    {
        using var checks = BodyChecks.WithoutClaims(blob.Digest, wanted);
        return await ReceiveAsync(stored, checks, blob.WriteAsync, long.MaxValue, cancellationToken);
    }

    /// <summary>A whole small body, such as an XML document.</summary>
    public static async Task<byte[]> ReadAllAsync(S3Request request, int maxBytes)
    {
        var bytes = new ArrayBufferWriter<byte>();
        await ReceiveAsync(request, BodyDigest.Md5, (piece, _) =>
        {
            bytes.Write(piece.Span);
            return ValueTask.CompletedTask;
        }, maxBytes, wanted: null);
        return bytes.WrittenSpan.ToArray();
    }

    private static async Task<ReceivedBody> ReceiveAsync(
        S3Request request, BodyDigest digest, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> sink, long maxBytes, ChecksumAlgorithm? wanted)
    {
        if (request.Http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null; // ours is counted below, in object bytes
        }

        using var checks = new BodyChecks(request.Headers, request.PayloadSigning, digest, wanted);
        using var payload = Open(request, maxBytes);
        return await ReceiveAsync(payload, checks, sink, maxBytes, request.Aborted);
    }

    private static async Task<ReceivedBody> ReceiveAsync(
        PayloadReader payload, BodyChecks checks, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> sink, long maxBytes,
        CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var length = 0L;
            while (true)
            {
                var filled = await FillAsync(payload, buffer, cancellationToken);
                if (filled == 0)
                {
                    break;
                }

                length += filled;
                if (length > maxBytes)
                {
                    throw TooLarge(maxBytes);
                }

                // Hashing and writing the same piece overlap.
                var writing = sink(buffer.AsMemory(0, filled), cancellationToken);
                checks.Append(buffer.AsSpan(0, filled));
                await writing;
            }

            var (digest, checksum) = checks.Finish(payload);
            return new ReceivedBody(length, digest, checksum);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static PayloadReader Open(S3Request request, long maxBytes)
    {
        var http = request.Http.Request;
        if (request.PayloadSigning.Kind is PayloadSigningKind.Unsigned or PayloadSigningKind.SignedHash)
        {
            return http.ContentLength > maxBytes ? throw TooLarge(maxBytes) : new PlainPayloadReader(http.Body);
        }

        if (!long.TryParse(request.Header("x-amz-decoded-content-length"), System.Globalization.NumberStyles.None, null, out var length))
        {
            throw new S3Exception(S3Error.MissingContentLength, "An aws-chunked body needs the header x-amz-decoded-content-length.");
        }

        return length > maxBytes ? throw TooLarge(maxBytes) : new AwsChunkedPayloadReader(http.BodyReader, request.PayloadSigning, length, request.Header("x-amz-trailer"));
    }

    private static async ValueTask<int> FillAsync(PayloadReader payload, byte[] buffer, CancellationToken cancellationToken)
    {
        var filled = 0;
        while (filled < BufferBytes)
        {
            var read = await payload.ReadAsync(buffer.AsMemory(filled, BufferBytes - filled), cancellationToken);
            if (read == 0)
            {
                break;
            }

            filled += read;
        }

        return filled;
    }

    private static S3Exception TooLarge(long maxBytes) => new(S3Error.EntityTooLarge)
    {
        Details = [("MaxSizeAllowed", maxBytes.ToString(System.Globalization.CultureInfo.InvariantCulture))],
    };
}
