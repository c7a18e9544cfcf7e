using Glue.AttachedStores.Buckets;
using Glue.AttachedStores.Requests;
using Glue.AttachedStores.Stores;

namespace Glue.AttachedStores.Polling;

/// <summary>One store, asked no more at once than all stores together may be, and not at all while it wants to be left alone.</summary>
internal sealed class PacedStore(IObjectPages pages, IObjectLineage lineage, SemaphoreSlim atOnce, StorePace pace) : IObjectPages, IObjectLineage
{
    public Task<ListedPage> ReadAsync(AttachedStore store, string bucket, PageRequest request, CancellationToken cancellationToken) =>
        AskAsync(() => pages.ReadAsync(store, bucket, request, cancellationToken), cancellationToken);

    public Task<int> DepthOfAsync(AttachedStore store, string bucket, string key, CancellationToken cancellationToken) =>
        AskAsync(() => lineage.DepthOfAsync(store, bucket, key, cancellationToken), cancellationToken);

    private async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        await pace.WaitAsync(cancellationToken);
        await atOnce.WaitAsync(cancellationToken);
        try
        {
            var answer = await ask();
            pace.Succeeded();
            return answer;
        }
        catch (Exception e) when (e is HttpRequestException or StoreException { Status: 429 or 503 } or StoreException { Code: "SlowDown" })
        {
            pace.Failed();
            throw;
        }
        finally
        {
            atOnce.Release();
        }
    }
}
