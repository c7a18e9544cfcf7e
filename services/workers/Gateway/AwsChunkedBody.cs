using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text;
using Glue.Foundation.Checksums;

namespace Glue.Workers.Gateway;

/// <summary>
/// Takes the <c>aws-chunked</c> framing off a body (S3 API Reference, "Signature calculations … trailing headers", read 2026-11): chunks
/// of <c>HEX[;chunk-signature=…]\r\n…\r\n</c>, one of length 0 last, then trailers. Not every store speaks it, and the signatures inside
/// were made with the sandbox's keys, so it ends here; the trailing checksum is verified here too.
/// </summary>
/// <param name="body">The request's.</param>
/// <param name="decodedLength">Bytes without framing, from <c>x-amz-decoded-content-length</c>.</param>
/// <param name="checksum">The one that <c>x-amz-trailer</c> announces; null when none is.</param>
internal sealed class AwsChunkedBody(PipeReader body, long decodedLength, ChecksumAlgorithm? checksum)
{
    private const int MostLineBytes = 8 * 1024;
    private const int MostTrailerBytes = 16 * 1024; // of all together, as the embedded store's

    private long _decoded;

    /// <summary>
    /// Writes the decoded bytes. The last ones are held back until everything is verified: a store that was promised
    /// <c>decodedLength</c> bytes never gets them all if something is wrong, and stores nothing.
    /// </summary>
    /// <exception cref="GatewayRefusalException">Not aws-chunked, cut short, or the checksum does not match.</exception>
    public async Task CopyToAsync(Stream destination, CancellationToken cancellationToken)
    {
        using var running = checksum is { } algorithm ? new RunningChecksum(algorithm) : null;
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            var held = 0;
            while (await ReadChunkSizeAsync(cancellationToken) is > 0 and var left)
            {
                while (left > 0)
                {
                    if (held == buffer.Length)
                    {
                        await destination.WriteAsync(buffer.AsMemory(0, held), cancellationToken);
                        held = 0;
                    }

                    var read = await ReadAsync(buffer.AsMemory(held, (int)Math.Min(left, buffer.Length - held)), cancellationToken);
                    running?.Append(buffer.AsSpan(held, read));
                    held += read;
                    left -= read;
                }

                if (await ReadLineAsync(cancellationToken) is not { Length: 0 })
                {
                    throw NotChunked("a chunk is longer than its size says");
                }
            }

            if (_decoded != decodedLength)
            {
                throw Incomplete();
            }

            await VerifyTrailersAsync(running, cancellationToken);
            await destination.WriteAsync(buffer.AsMemory(0, held), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<long> ReadChunkSizeAsync(CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(cancellationToken) ?? throw Incomplete();
        if (!Utf8Parser.TryParse(Encoding.ASCII.GetBytes(line), out long size, out var used, 'x') || size < 0 || (used < line.Length && line[used] != ';'))
        {
            throw NotChunked("a chunk does not begin with its size in hexadecimal");
        }

        _decoded += size;
        return _decoded <= decodedLength
            ? size
            : throw new GatewayRefusalException(GatewayError.IncompleteBody("The chunks hold more bytes than x-amz-decoded-content-length says."));
    }

    private async Task VerifyTrailersAsync(RunningChecksum? running, CancellationToken cancellationToken)
    {
        string? promised = null;
        var header = running?.Algorithm.Header();
        var left = MostTrailerBytes;
        while (await ReadLineAsync(cancellationToken) is { } line)
        {
            left -= line.Length + 1;
            if (left < 0)
            {
                throw NotChunked($"it has more than {MostTrailerBytes} bytes of trailers");
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line.AsSpan(0, colon).Trim().Equals(header, StringComparison.OrdinalIgnoreCase))
            {
                promised = line[(colon + 1)..].Trim();
            }
        }

        if (running is null)
        {
            return;
        }

        var computed = running.Finish();
        if (promised is null)
        {
            throw new GatewayRefusalException(GatewayError.InvalidRequest($"x-amz-trailer announces {header}, the body does not end with it."));
        }

        if (promised != computed)
        {
            throw new GatewayRefusalException(GatewayError.BadDigest(
                $"The {running.Algorithm.Name()} you specified ({promised}) did not match what was received ({computed})."));
        }
    }

    private async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        var result = await body.ReadAsync(cancellationToken);
        var available = result.Buffer;
        if (available.IsEmpty)
        {
            body.AdvanceTo(available.End);
            throw Incomplete();
        }

        var count = (int)Math.Min(available.Length, into.Length);
        available.Slice(0, count).CopyTo(into.Span);
        body.AdvanceTo(available.GetPosition(count));
        return count;
    }

    /// <returns>Without its end; null at the end of the body.</returns>
    private async ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await body.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } newline)
            {
                var line = Encoding.ASCII.GetString(buffer.Slice(0, newline));
                body.AdvanceTo(buffer.GetPosition(1, newline));
                return line.EndsWith('\r') ? line[..^1] : line;
            }

            var (bytes, ended) = (buffer.Length, result.IsCompleted);
            body.AdvanceTo(buffer.Start, buffer.End);
            if (bytes > MostLineBytes)
            {
                throw NotChunked("a chunk's header has no end");
            }

            if (ended)
            {
                return bytes == 0 ? null : throw Incomplete();
            }
        }
    }

    private static GatewayRefusalException NotChunked(string why) => new(GatewayError.InvalidRequest($"The body is not aws-chunked: {why}."));

    private static GatewayRefusalException Incomplete() => new(GatewayError.IncompleteBody(
        "You did not provide the number of bytes specified by x-amz-decoded-content-length."));
}
