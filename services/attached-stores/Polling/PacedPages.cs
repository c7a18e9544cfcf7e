using Glue.AttachedStores.Buckets;
using Glue.AttachedStores.Requests;
using Glue.AttachedStores.Stores;

namespace Glue.AttachedStores.Polling;

/// <summary>Pages of one store: no more at once than all stores' buckets may fetch together, and none while the store wants to be left alone.</summary>
internal sealed class PacedPages(IObjectPages pages, SemaphoreSlim atOnce, StorePace pace) : IObjectPages
{
    public async Task<ListedPage> ReadAsync(AttachedStore store, string bucket, PageRequest request, CancellationToken cancellationToken)
    {
        await pace.WaitAsync(cancellationToken);
        await atOnce.WaitAsync(cancellationToken);
        try
        {
            var page = await pages.ReadAsync(store, bucket, request, cancellationToken);
            pace.Succeeded();
            return page;
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
