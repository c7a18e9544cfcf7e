using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>A request's body in one array, rented unless it is large: given back by <see cref="Dispose"/>, after the last use of its memory.</summary>
internal sealed class RequestBody : IDisposable
{
    // Deployments are rare and up to 70 MB: a pool would keep such arrays, the collector does not.
    private const int MaxPooledBytes = 1024 * 1024;

    private static readonly RequestBody Empty = new([], 0);

    private readonly int _length;
    private byte[]? _rented;

    private RequestBody(byte[] rented, int length) => (_rented, _length) = (rented, length);

    public ReadOnlyMemory<byte> Memory => _rented.AsMemory(0, _length);

    /// <returns>Null: it is longer than <paramref name="maxBytes"/>; not all of it was read.</returns>
    public static async ValueTask<RequestBody?> ReadAsync(HttpContext context, int maxBytes)
    {
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

        // The server's own limit would answer in its own words.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        var buffer = Rent((int)(request.ContentLength ?? 4096));
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
                    Return(buffer);
                    return null;
                }

                if (length + chunk.Length > buffer.Length)
                {
                    buffer = Grow(buffer, length, (int)(length + chunk.Length));
                }

                chunk.CopyTo(buffer.AsSpan(length));
                length += (int)chunk.Length;
                request.BodyReader.AdvanceTo(chunk.End);
                if (read.IsCompleted)
                {
                    return new RequestBody(buffer, length);
                }
            }
        }
        catch
        {
            Return(buffer);
            throw;
        }
    }

    public void Dispose()
    {
        if (_length > 0 && Interlocked.Exchange(ref _rented, null) is { } rented)
        {
            Return(rented);
        }
    }

    private static byte[] Grow(byte[] buffer, int length, int atLeast)
    {
        var larger = Rent(Math.Max(atLeast, buffer.Length * 2));
        buffer.AsSpan(0, length).CopyTo(larger);
        Return(buffer);
        return larger;
    }

    private static byte[] Rent(int bytes) =>
        bytes <= MaxPooledBytes ? ArrayPool<byte>.Shared.Rent(bytes) : GC.AllocateUninitializedArray<byte>(bytes);

    private static void Return(byte[] buffer)
    {
        if (buffer.Length <= MaxPooledBytes)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
