using Microsoft.AspNetCore.Http;

namespace Glue.Workers.Gateway.Cache;

/// <summary>
/// Answers whole reads of attached stores' objects from the cache. The store is asked for every one of them (HEAD, as the function asked): whether
/// it may be read, what its headers are, and whether the bytes here are still its own. Only bytes are saved, never an answer.
/// </summary>
/// <param name="cache">What was read before.</param>
/// <param name="metrics">Told of both kinds of reads.</param>
internal sealed class ReadThrough(ObjectCache cache, GatewayMetrics metrics)
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>An answer of the store, and where its body is.</summary>
    /// <param name="Head">Status and headers.</param>
    /// <param name="Cached">The body; null: in the answer itself.</param>
    internal readonly record struct Read(HttpResponseMessage Head, CachedObject? Cached);

    /// <returns>For <see cref="OpenAsync"/>; null: such a read is not kept.</returns>
    public string? KeyFor(HttpRequest request, HttpRequestMessage message, UpstreamStore? store) =>
        cache.IsOn && store is not null && WholeRead.UrlOf(request, message) is { } url ? $"{store.Credential.AccessKeyId} {url}" : null;

    /// <param name="key">Of the object.</param>
    /// <param name="get">The request, signed.</param>
    /// <param name="headOf">Makes the same request with another method.</param>
    /// <param name="client">Sends them.</param>
    /// <param name="cancellationToken">The function left.</param>
    /// <returns>Its <c>Cached</c> goes to <see cref="Done"/>.</returns>
    public async Task<Read> OpenAsync(
        string key, HttpRequestMessage get, Func<HttpMethod, HttpRequestMessage> headOf, HttpMessageInvoker client, CancellationToken cancellationToken)
    {
        if (await FindAsync(key, headOf, client, cancellationToken) is { } known)
        {
            return known;
        }

        using var turn = cache.TryFetch(key, out var other);
        if (turn is null)
        {
            await other.WaitAsync(cancellationToken);
            if (await FindAsync(key, headOf, client, cancellationToken) is { } fetched)
            {
                return fetched;
            }
        }

        var answer = await client.SendAsync(get, cancellationToken);
        if (ObjectState.Of(answer) is not { } state || cache.Add(key, state) is not { } added)
        {
            return new Read(answer, null);
        }

        _ = added.FillAsync(answer, ChunkBytes); // tells its readers how it ends
        return new Read(answer, added);
    }

    public void Done(CachedObject used) => cache.Release(used);

    private async Task<Read?> FindAsync(string key, Func<HttpMethod, HttpRequestMessage> headOf, HttpMessageInvoker client, CancellationToken cancellationToken)
    {
        if (cache.Find(key) is not { } found)
        {
            return null;
        }

        var isUsed = false;
        HttpResponseMessage? head = null;
        try
        {
            using var message = headOf(HttpMethod.Head);
            head = await client.SendAsync(message, cancellationToken);
            isUsed = ObjectState.Of(head) == found.State;
            metrics.Saved(isUsed ? found.State.Length : 0);
            return isUsed ? new Read(head, found) : null;
        }
        finally
        {
            if (!isUsed)
            {
                head?.Dispose();
                if (head is not null)
                {
                    cache.Forget(found);
                }

                cache.Release(found);
            }
        }
    }
}
