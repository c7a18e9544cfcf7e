using Glue.Contracts.Storage;

namespace Glue.ObjectStore;

/// <summary>Who keeps the buckets' notification configurations; the store only translates S3's XML.</summary>
public interface IBucketNotifications
{
    /// <returns><see cref="BucketNotificationConfiguration.Empty"/> when none was put.</returns>
    Task<BucketNotificationConfiguration> GetAsync(string accountId, string bucket, CancellationToken cancellationToken);

    /// <summary>Replaces the bucket's whole configuration.</summary>
    /// <exception cref="NotificationRefusedException">A rule cannot be taken; the store answers 400 InvalidArgument with the message.</exception>
    Task PutAsync(string accountId, string bucket, BucketNotificationConfiguration configuration, CancellationToken cancellationToken);

    /// <summary>The bucket is gone, and its rules with it.</summary>
    Task BucketDeletedAsync(string accountId, string bucket, CancellationToken cancellationToken);
}
