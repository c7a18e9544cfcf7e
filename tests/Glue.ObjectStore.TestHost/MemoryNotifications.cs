using System.Collections.Concurrent;
using Glue.Contracts.Storage;

namespace Glue.ObjectStore.TestHost;

/// <summary>Keeps what it is given, and refuses functions named "unknown".</summary>
public sealed class MemoryNotifications : IBucketNotifications
{
    public ConcurrentDictionary<string, BucketNotificationConfiguration> Kept { get; } = new(StringComparer.Ordinal);

    public Task<BucketNotificationConfiguration> GetAsync(string accountId, string bucket, CancellationToken cancellationToken) =>
        Task.FromResult(Kept.GetValueOrDefault(bucket, BucketNotificationConfiguration.Empty));

    public Task PutAsync(string accountId, string bucket, BucketNotificationConfiguration configuration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (configuration.Rules.Any(static rule => rule.FunctionArn.EndsWith(":unknown", StringComparison.Ordinal)))
        {
            throw new NotificationRefusedException("The function does not exist: unknown");
        }

        Kept[bucket] = configuration;
        return Task.CompletedTask;
    }

    public Task BucketDeletedAsync(string accountId, string bucket, CancellationToken cancellationToken)
    {
        Kept.TryRemove(bucket, out _);
        return Task.CompletedTask;
    }
}
