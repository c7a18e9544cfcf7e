using System.Globalization;
using Glue.AttachedStores.Requests;
using Glue.AttachedStores.Stores;

namespace Glue.AttachedStores.Buckets;

/// <summary>How many functions caused each other until an object was written.</summary>
internal interface IObjectLineage
{
    /// <returns>0: people or other programs wrote it, or it is gone, or the keys may not read it.</returns>
    /// <exception cref="StoreException">The store has no answer at the moment.</exception>
    /// <exception cref="HttpRequestException">The store does not answer.</exception>
    Task<int> DepthOfAsync(AttachedStore store, string bucket, string key, CancellationToken cancellationToken);
}

/// <summary>Reads what the storage gateway stamps on what functions write: user metadata, which a HEAD shows.</summary>
internal sealed class ObjectLineage(StoreHttp http) : IObjectLineage
{
    private const string Header = "x-amz-meta-glue-lineage";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public async Task<int> DepthOfAsync(AttachedStore store, string bucket, string key, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Patience);
        try
        {
            using var answer = await http.SendAsync(store, HttpMethod.Head, StoreUrl.OfObject(store, bucket, key), body: null, contentType: null, "s3", late.Token);
            if ((int)answer.StatusCode is 429 or >= 500)
            {
                throw StoreException.Of(store, answer, body: "");
            }

            return answer.IsSuccessStatusCode && answer.Headers.TryGetValues(Header, out var values)
                && int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var depth) ? depth : 0;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"{store.Endpoint} did not answer within a minute.", e);
        }
    }
}
