using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Glue.Foundation.Checksums;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Glue.Workers.Gateway;

/// <summary>The request's body on its way to the store: streamed, decoded where it is <c>aws-chunked</c>, counted.</summary>
internal sealed class UpstreamContent : HttpContent
{
    private const int LumpBytes = 64 * 1024; // half of the credit a function has for what is not read yet: it goes on while a lump is sent

    private readonly HttpRequest _request;
    private readonly StorageUsage _usage;
    private readonly AwsChunkedBody? _chunked;
    private readonly long? _length;
    private CountingStream? _counted;

    /// <exception cref="GatewayRefusalException">An <c>aws-chunked</c> body without its length, or with an unknown checksum.</exception>
    public UpstreamContent(HttpContext context, StorageUsage usage, bool isChunked)
    {
        var request = _request = context.Request;
        _usage = usage;
        if (isChunked)
        {
            var length = DecodedLength(request);
            _length = length;
            _chunked = new AwsChunkedBody(request.BodyReader, length, TrailingChecksum(request));
        }
        else
        {
            _length = request.ContentLength ?? (CanHaveBody(context) ? null : 0);
        }
    }

    /// <summary>Why the body was not sent to its end; null while nothing was wrong.</summary>
    public GatewayRefusalException? Refusal { get; private set; }

    /// <summary>What went to the store so far, without framing.</summary>
    public long BytesSent => _counted?.Count ?? 0;

    /// <summary>True: the caller's connection broke, not the store's.</summary>
    public bool CallerLeft { get; private set; }

    /// <summary>The body is framed (<c>aws-chunked</c>).</summary>
    public static bool IsChunked(HttpRequest request) => request.Headers["x-amz-content-sha256"].ToString().StartsWith("STREAMING-", StringComparison.Ordinal);

    public static bool CanHaveBody(HttpContext context) => context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody is true;

    protected override bool TryComputeLength(out long length)
    {
        length = _length ?? 0;
        return _length is not null;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, default);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var counted = _counted = new CountingStream(stream, _usage);
        try
        {
            if (_chunked is not null)
            {
                await _chunked.CopyToAsync(counted, cancellationToken);
            }
            else
            {
                await CopyInLumpsAsync(_request.BodyReader, counted, cancellationToken);
            }
        }
        catch (GatewayRefusalException e)
        {
            Refusal = e;
            throw;
        }
        catch (Exception e) when (e is BadHttpRequestException or ConnectionResetException)
        {
            CallerLeft = true;
            throw;
        }
    }

    /// <summary>A pipe would hand on each of its segments alone, and each would be a system call on both sides of the store's connection.</summary>
    private static async Task CopyInLumpsAsync(PipeReader body, Stream destination, CancellationToken cancellationToken)
    {
        var lump = ArrayPool<byte>.Shared.Rent(LumpBytes);
        try
        {
            while (true)
            {
                var result = await body.ReadAtLeastAsync(LumpBytes, cancellationToken);
                var buffer = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, LumpBytes));
                var (length, rest) = ((int)buffer.Length, result.Buffer.Length - buffer.Length);
                buffer.CopyTo(lump);
                body.AdvanceTo(buffer.End);
                await destination.WriteAsync(lump.AsMemory(0, length), cancellationToken);
                if (result.IsCompleted && rest == 0)
                {
                    return;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(lump);
        }
    }

    private static long DecodedLength(HttpRequest request) =>
        long.TryParse(request.Headers["x-amz-decoded-content-length"], out var length) && length >= 0
            ? length
            : throw new GatewayRefusalException(new GatewayError(
                StatusCodes.Status411LengthRequired, "MissingContentLength", "A body in aws-chunked needs the header x-amz-decoded-content-length."));

    private static ChecksumAlgorithm? TrailingChecksum(HttpRequest request)
    {
        var announced = request.Headers["x-amz-trailer"].ToString();
        return announced.Length == 0
            ? null
            : ChecksumAlgorithms.FromHeader(announced.Trim())
                ?? throw new GatewayRefusalException(GatewayError.InvalidRequest($"The trailer '{announced}' is not a checksum that S3 knows."));
    }
}
