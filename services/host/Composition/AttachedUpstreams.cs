using Glue.AttachedStores.Buckets;
using Glue.Workers.Gateway;

namespace Glue.Host.Composition;

/// <summary>Where the storage gateway sends a function's request: the directory of attached stores' buckets knows.</summary>
internal sealed class AttachedUpstreams(BucketDirectory buckets) : IUpstreamStores
{
    public async ValueTask<UpstreamStore?> FindAsync(string accountId, string bucket, string? eventStore, CancellationToken cancellationToken)
    {
        try
        {
            return await buckets.FindAsync(accountId, bucket, eventStore, cancellationToken) is { } store
                ? new UpstreamStore(store.Name, store.Endpoint, store.Region, store.IsPathStyle, store.Credential)
                : null;
        }
        catch (AmbiguousBucketException e)
        {
            throw new BucketNotFoundException(e.Message, e);
        }
    }
}
