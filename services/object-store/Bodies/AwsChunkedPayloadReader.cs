using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text;
using Glue.Foundation.Signing;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Bodies;

/// <summary>
/// Decodes <c>aws-chunked</c>: chunks of <c>HEX[;chunk-signature=…]\r\n…\r\n</c>, one of length 0 last, then trailing headers (S3
/// API Reference, "Signature calculations … multiple chunks" and "… trailing headers", read 2026-11). The documentation ends
/// trailer lines with <c>\n</c>, the SDKs with <c>\r\n</c>; both are read.
/// </summary>
internal sealed class AwsChunkedPayloadReader : PayloadReader
{
    private const int MaxLineBytes = 8 * 1024;

    /// <summary>Of all trailers: a checksum and its signature are 200 bytes.</summary>
    private const int MaxTrailerBytes = 16 * 1024;

    private readonly PipeReader _body;
    private readonly long _decodedLength;
    private readonly bool _hasTrailers;
    private readonly string[] _announced;
    private readonly ChunkSignatures? _signatures;
    private readonly Dictionary<string, string> _trailers = new(StringComparer.OrdinalIgnoreCase);

    private long _read;
    private long _leftInChunk;
    private string _chunkSignature = "";
    private bool _insideChunk;
    private bool _atEnd;

    /// <param name="body">The request's.</param>
    /// <param name="payload">One of the streaming kinds.</param>
    /// <param name="decodedLength">The header <c>x-amz-decoded-content-length</c>: bytes without framing.</param>
    /// <param name="announcedTrailers">The header <c>x-amz-trailer</c>: the names of the trailers that may come.</param>
    public AwsChunkedPayloadReader(PipeReader body, PayloadSigning payload, long decodedLength, string? announcedTrailers)
    {
        _announced = announcedTrailers?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        _body = body;
        _decodedLength = decodedLength;
        _hasTrailers = payload.Kind != PayloadSigningKind.StreamingSigned;
        _signatures = payload.Seed is { } seed ? new ChunkSignatures(seed) : null;
    }

    public override IReadOnlyDictionary<string, string> Trailers => _trailers;

    public override async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        while (!_atEnd)
        {
            if (_leftInChunk > 0)
            {
                return await ReadChunkBytesAsync(into, cancellationToken);
            }

            if (_insideChunk)
            {
                await EndChunkAsync(cancellationToken);
            }

            BeginChunk(await ReadLineAsync(cancellationToken) ?? throw Incomplete());
            if (_leftInChunk == 0)
            {
                await EndBodyAsync(cancellationToken);
            }
        }

        return 0;
    }

    public override void Dispose() => _signatures?.Dispose();

    private async ValueTask<int> ReadChunkBytesAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        var result = await _body.ReadAtLeastAsync(1, cancellationToken);
        var available = result.Buffer;
        if (available.IsEmpty)
        {
            throw Incomplete();
        }

        var count = (int)Math.Min(Math.Min(available.Length, _leftInChunk), into.Length);
        available.Slice(0, count).CopyTo(into.Span);
        _body.AdvanceTo(available.GetPosition(count));
        _signatures?.Append(into.Span[..count]);
        _leftInChunk -= count;
        _read += count;
        return count;
    }

    private void BeginChunk(string line)
    {
        var header = line.AsSpan();
        var semicolon = header.IndexOf(';');
        var size = semicolon < 0 ? header : header[..semicolon];
        if (!long.TryParse(size.Trim(), System.Globalization.NumberStyles.AllowHexSpecifier, null, out _leftInChunk) || _leftInChunk < 0)
        {
            throw new S3Exception(S3Error.InvalidRequest, "The body is not aws-chunked: a chunk does not start with its size in hexadecimal.");
        }

        if (_leftInChunk > _decodedLength - _read)
        {
            throw new S3Exception(S3Error.IncompleteBody, "The chunks hold more bytes than x-amz-decoded-content-length says.");
        }

        const string Extension = "chunk-signature=";
        var extension = semicolon < 0 ? default : header[(semicolon + 1)..].Trim();
        _chunkSignature = extension.StartsWith(Extension, StringComparison.Ordinal) ? extension[Extension.Length..].ToString() : "";
        _insideChunk = _leftInChunk > 0;
    }

    private async ValueTask EndChunkAsync(CancellationToken cancellationToken)
    {
        _signatures?.EndChunk(_chunkSignature);
        if ((await ReadLineAsync(cancellationToken) ?? throw Incomplete()).Length > 0)
        {
            throw new S3Exception(S3Error.InvalidRequest, "The body is not aws-chunked: a chunk is longer than its size says.");
        }

        _insideChunk = false;
    }

    private async ValueTask EndBodyAsync(CancellationToken cancellationToken)
    {
        _signatures?.EndChunk(_chunkSignature);
        if (_read != _decodedLength)
        {
            throw Incomplete();
        }

        var canonical = _signatures is null ? null : new StringBuilder();
        string? trailerSignature = null;
        var left = MaxTrailerBytes;
        while (await ReadLineAsync(cancellationToken) is { } line)
        {
            left -= line.Length + 1;
            if (left < 0)
            {
                throw new S3Exception(S3Error.InvalidRequest, $"The body has more than {MaxTrailerBytes} bytes of trailers.");
            }

            if (line.Length == 0)
            {
                if (_signatures is null || !_hasTrailers || trailerSignature is not null)
                {
                    break;
                }

                continue; // the documentation's example has an empty line before the trailers' signature
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (!_hasTrailers || colon <= 0)
            {
                throw new S3Exception(S3Error.InvalidRequest, "The body has bytes after its last chunk.");
            }

            var (name, value) = (line[..colon].Trim().ToLowerInvariant(), line[(colon + 1)..].Trim());
            if (name == "x-amz-trailer-signature")
            {
                trailerSignature = value;
                continue;
            }

            if (!_announced.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw new S3Exception(S3Error.InvalidRequest, $"The body ends with the trailer {name}, which x-amz-trailer does not announce.");
            }

            _trailers[name] = value;
            canonical?.Append(name).Append(':').Append(value).Append('\n');
        }

        if (_hasTrailers)
        {
            _signatures?.EndTrailers(canonical!.ToString(), trailerSignature ?? "");
        }

        _atEnd = true;
    }

    /// <returns>Without its end; null at the end of the body.</returns>
    private async ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await _body.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } newline)
            {
                var line = Encoding.UTF8.GetString(buffer.Slice(0, newline));
                _body.AdvanceTo(buffer.GetPosition(1, newline));
                return line.EndsWith('\r') ? line[..^1] : line;
            }

            var tooLong = buffer.Length > MaxLineBytes;
            var empty = buffer.IsEmpty;
            _body.AdvanceTo(buffer.Start, buffer.End);
            if (tooLong)
            {
                throw new S3Exception(S3Error.InvalidRequest, "The body is not aws-chunked: a chunk's header has no end.");
            }

            if (result.IsCompleted)
            {
                return empty ? null : throw Incomplete();
            }
        }
    }

    private static S3Exception Incomplete() => new(
        S3Error.IncompleteBody, "The body ended before the number of bytes given by x-amz-decoded-content-length.");
}
