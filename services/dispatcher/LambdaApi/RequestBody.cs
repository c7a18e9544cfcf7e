using System.Buffers;
using Glue.Foundation.Memory;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>A request's body in one piece: given back by <see cref="Dispose"/>, after the last use of its memory.</summary>
internal sealed class RequestBody : IDisposable
{
    // Deployments are rare and up to 70 MB: a pool would keep such arrays, and the collector until it next looks through everything.
    private const int MaxPooledBytes = 1024 * 1024;

    private static readonly RequestBody Empty = new(new Piece(), 0);

    private readonly int _length;
    private Piece _piece;

    private RequestBody(Piece piece, int length) => (_piece, _length) = (piece, length);

    /// <summary>May be written to, by whoever has no more use for what was sent.</summary>
    public Memory<byte> Memory => _piece.Memory[.._length];

    /// <returns>Null: it is longer than <paramref name="maxBytes"/>; not all of it was read.</returns>
    public static async ValueTask<RequestBody?> ReadAsync(HttpContext context, int maxBytes)
    {
        // The server's own limit would answer in its own words, and cut off a client that is still sending what is too long: it would never read the answer.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        var request = context.Request;
        if (request.ContentLength is { } announced)
        {
            if (announced == 0)
            {
                return Empty;
            }

            if (announced > maxBytes)
            {
                return null;
            }
        }

        var piece = Piece.Rent((int)(request.ContentLength ?? 4096));
        var length = 0;
        try
        {
            while (true)
            {
                var read = await request.BodyReader.ReadAsync(context.RequestAborted);
                var chunk = read.Buffer;
                if (length + chunk.Length > maxBytes)
                {
                    request.BodyReader.AdvanceTo(chunk.End);
                    piece.Return();
                    return null;
                }

                if (length + chunk.Length > piece.Memory.Length)
                {
                    piece = piece.Grow(length, (int)(length + chunk.Length));
                }

                chunk.CopyTo(piece.Memory.Span[length..]);
                length += (int)chunk.Length;
                request.BodyReader.AdvanceTo(chunk.End);
                if (read.IsCompleted)
                {
                    return new RequestBody(piece, length);
                }
            }
        }
        catch
        {
            piece.Return();
            throw;
        }
    }

    public void Dispose()
    {
        var piece = _piece;
        _piece = default;
        piece.Return();
    }

    /// <summary>An array of the pool, or a <see cref="LargeBuffer"/>.</summary>
    private readonly struct Piece
    {
        private readonly byte[]? _rented;
        private readonly LargeBuffer? _large;

        private Piece(byte[]? rented, LargeBuffer? large) => (_rented, _large) = (rented, large);

        public Memory<byte> Memory => _large?.Memory ?? _rented;

        public static Piece Rent(int bytes) =>
            bytes <= MaxPooledBytes ? new Piece(ArrayPool<byte>.Shared.Rent(bytes), null) : new Piece(null, new LargeBuffer(bytes));

        public Piece Grow(int length, int atLeast)
        {
            var larger = Rent(Math.Max(atLeast, Memory.Length * 2));
            Memory[..length].CopyTo(larger.Memory);
            Return();
            return larger;
        }

        public void Return()
        {
            ((IDisposable?)_large)?.Dispose();
            if (_rented is not null)
            {
                ArrayPool<byte>.Shared.Return(_rented);
            }
        }
    }
}
