using Glue.AttachedStores.Stores;
using Glue.Contracts.Storage;
using Glue.StorageEvents.Rules;

namespace Glue.Host.Composition;

/// <summary>The rules of attached stores' buckets are kept with all others.</summary>
internal sealed class AttachedStoreRules(BucketNotifications notifications) : IStoreRules
{
    public IReadOnlyDictionary<string, BucketNotificationConfiguration> Of(string store) => notifications.OfStore(store);

    public Task NextChange => notifications.NextChange;

    public Task<BucketNotificationConfiguration> GetAsync(string accountId, BucketAddress bucket, CancellationToken cancellationToken) =>
        notifications.GetAsync(accountId, bucket.ToString(), cancellationToken);

    public Task PutAsync(string accountId, BucketAddress bucket, BucketNotificationConfiguration rules, CancellationToken cancellationToken) =>
        notifications.PutAsync(accountId, bucket.ToString(), rules, cancellationToken);
}
