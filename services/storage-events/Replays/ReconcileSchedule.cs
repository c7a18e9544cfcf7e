using Glue.Foundation.Hosting;
using Glue.StorageEvents.Rules;

namespace Glue.StorageEvents.Replays;

/// <summary>Has every bucket that has rules reconciled, again and again.</summary>
internal sealed class ReconcileSchedule(ReplayStore store, Reconciliations reconciliations, BucketNotifications notifications, StorageEventsOptions options, TimeProvider time) : ServiceLoop
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        if (options.ReconcileEvery == TimeSpan.Zero)
        {
            return;
        }

        using var timer = new PeriodicTimer(options.ReconcileEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var (bucket, account) in notifications.Buckets)
            {
                await ReconcileAsync(bucket, account, stoppingToken);
            }
        }
    }

    /// <summary>One bucket after the other, so that an account's own replays find room beside them.</summary>
    private async Task ReconcileAsync(string bucket, string account, CancellationToken stoppingToken)
    {
        var id = await reconciliations.OrderAsync(bucket, account, stoppingToken);
        while (id is not null && store.Find(account, id) is { Status: ReplayStatus.Running })
        {
            await Task.Delay(Look, time, stoppingToken);
        }
    }
}
