using Glue.Foundation.Hosting;
using Glue.StorageEvents.Intake;
using Microsoft.Extensions.Logging;

namespace Glue.StorageEvents.EventLog;

/// <summary>Keeps the embedded log and the records put aside at <see cref="StorageEventsOptions.Retention"/>. Kafka does this itself.</summary>
internal sealed class EventLogRetention(
    SqliteEventLog log, SqliteRejectedRecords rejected, StorageEventsOptions options, TimeProvider time, ILogger<EventLogRetention> logger)
    : ServiceLoop
{
    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.RetentionCheck, time);
        do
        {
            try
            {
                var before = time.GetUtcNow() - options.Retention;
                var trimmed = await log.TrimAsync(before, stoppingToken) + await rejected.TrimAsync(before, stoppingToken);
                if (trimmed > 0)
                {
                    Log.Trimmed(logger, trimmed, options.Retention);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // A full disk must not end the process for the sake of old records: the next round tries again.
                Log.TrimFailed(logger, e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
