using Glue.Contracts.Storage;
using Glue.ObjectStore;
using Glue.StorageEvents.Rules;

namespace Glue.Host.Composition;

/// <summary>A bucket's notification configuration, put through the S3 API, is kept by storage-events.</summary>
internal sealed class StoreNotifications(BucketNotifications notifications) : IBucketNotifications
{
    public Task<BucketNotificationConfiguration> GetAsync(string accountId, string bucket, CancellationToken cancellationToken) =>
        notifications.GetAsync(accountId, bucket, cancellationToken);

    public Task PutAsync(string accountId, string bucket, BucketNotificationConfiguration configuration, CancellationToken cancellationToken) =>
        notifications.PutAsync(accountId, bucket, configuration, cancellationToken);

    public Task BucketDeletedAsync(string accountId, string bucket, CancellationToken cancellationToken) =>
        notifications.BucketDeletedAsync(accountId, bucket, cancellationToken);
}
