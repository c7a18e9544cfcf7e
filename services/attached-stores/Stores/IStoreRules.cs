using Glue.Contracts.Storage;

namespace Glue.AttachedStores.Stores;

/// <summary>The rules of attached stores' buckets. Kept by the service that keeps all rules.</summary>
public interface IStoreRules
{
    /// <summary>By the bucket's own name; buckets without rules are absent.</summary>
    IReadOnlyDictionary<string, BucketNotificationConfiguration> Of(string store);

    /// <summary>Completes at the next change of any. Take it before looking, then nothing is missed in between.</summary>
    Task NextChange { get; }

    Task<BucketNotificationConfiguration> GetAsync(string accountId, BucketAddress bucket, CancellationToken cancellationToken);

    /// <summary>Replaces a bucket's rules. Durable when it returns.</summary>
    /// <exception cref="NotificationRefusedException">They cannot be; nothing changed.</exception>
    Task PutAsync(string accountId, BucketAddress bucket, BucketNotificationConfiguration rules, CancellationToken cancellationToken);
}
