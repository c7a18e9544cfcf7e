using Glue.AttachedStores.Buckets;
using Glue.AttachedStores.Requests;
using Glue.AttachedStores.Stores;

namespace Glue.AttachedStores.Polling;

/// <summary>One store, asked no more at once than it, its account and all stores together may be, and not at all while it wants to be left alone.</summary>
internal sealed class PacedStore(IObjectPages pages, IObjectLineage lineage, IReadOnlyList<SemaphoreSlim> slots, StorePace pace) : IObjectPages, IObjectLineage
{
    public Task<ListedPage> ReadAsync(AttachedStore store, string bucket, PageRequest request, CancellationToken cancellationToken) =>
        AskAsync(() => pages.ReadAsync(store, bucket, request, cancellationToken), cancellationToken);

    public Task<int> DepthOfAsync(AttachedStore store, string bucket, string key, CancellationToken cancellationToken) =>
        AskAsync(() => lineage.DepthOfAsync(store, bucket, key, cancellationToken), cancellationToken);

    private async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        await TakeAsync(cancellationToken);
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
            Release(slots.Count);
        }
    }

    /// <summary>A slot of each kind, at a moment when the store may be asked.</summary>
    private async Task TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await pace.WaitAsync(cancellationToken);
            var taken = 0;
            try
            {
                for (; taken < slots.Count; taken++)
                {
                    await slots[taken].WaitAsync(cancellationToken);
                }
            }
            catch (OperationCanceledException)
            {
                Release(taken);
                throw;
            }

            if (!pace.MustWait)
            {
                return;
            }

            Release(taken); // it failed while the slots were waited for
        }
    }

    private void Release(int taken)
    {
        foreach (var slot in slots.Take(taken))
        {
            slot.Release();
        }
    }
}
