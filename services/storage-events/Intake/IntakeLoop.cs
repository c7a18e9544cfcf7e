using Glue.Foundation.Hosting;
using Glue.StorageEvents.EventLog;
using Microsoft.Extensions.Logging;

namespace Glue.StorageEvents.Intake;

/// <summary>
/// Carries records from the event log to the invocation queue. The order is what makes it safe: first what could not be read is put
/// aside and the invocations are enqueued (both durable), then the offset is committed. A crash in between repeats a batch, which
/// the ids show to be a repeat; nothing is skipped. A refusal (queue or disk full) is waited out, never stepped over.
/// </summary>
internal sealed class IntakeLoop(
    IEventLog log,
    RecordMatcher matcher,
    IInvocationIntake intake,
    IRejectedRecords rejected,
    StorageEventsOptions options,
    TimeProvider time,
    IntakeMetrics metrics,
    ILogger<IntakeLoop> logger) : ServiceLoop
{
    /// <summary>This loop's name in the log.</summary>
    public const string Consumer = "intake";

    private readonly PatientWriter _writer = new(options, time, metrics, logger);

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        await using var consumer = log.OpenConsumer(Consumer);
        Log.IntakeStarted(logger);
        var commit = Task.CompletedTask;
        try
        {
            while (true)
            {
                var batch = await consumer.ReadAsync(options.BatchRecords, stoppingToken);
                var matched = matcher.Match(batch);
                await SettleAsync(matched, stoppingToken);
                metrics.Handled(batch, matched, time.GetUtcNow());

                // The commit of one batch goes on beside the reading of the next: its fsync delays no event. A stop does not take it
                // back: what was enqueued before the stop is not enqueued again after it.
                await commit;
                commit = _writer.WriteAsync("the event log's offset", () => consumer.CommitAsync(batch, CancellationToken.None), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Log.IntakeStopped(logger);
        }
        finally
        {
            // Should it fail while stopping, the batch is repeated at the next start, and recognised.
            await commit.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SettleAsync(MatchedBatch matched, CancellationToken stoppingToken)
    {
        if (matched.Rejected is [var first, ..])
        {
            await _writer.WriteAsync("the rejected records", () => rejected.AddAsync(matched.Rejected, stoppingToken), stoppingToken);
            Log.RecordsRejected(logger, matched.Rejected.Count, first.Offset, first.Reason);
        }

        if (matched.Invocations.Count > 0)
        {
            await _writer.WriteAsync("the invocation queue", () => intake.EnqueueAsync(matched.Invocations, stoppingToken), stoppingToken);
        }
    }
}
