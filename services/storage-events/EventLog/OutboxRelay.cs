using Glue.Foundation.Hosting;
using Glue.StorageEvents.Intake;
using Microsoft.Extensions.Logging;

namespace Glue.StorageEvents.EventLog;

/// <summary>
/// Carries the embedded store's events from its outbox (the log in the store's own database, written in the transaction of the object) to
/// Kafka. An event leaves the outbox's open end only when the broker has it: a broker that is away delays it and loses nothing, and puts go
/// on. Batches go one after the other, so that each key keeps its order; a crash repeats a batch, which the invocation ids show.
/// </summary>
internal sealed class OutboxRelay(
    SqliteEventLog outbox, KafkaEventLog log, StorageEventsOptions options, TimeProvider time, IntakeMetrics metrics, ILogger<OutboxRelay> logger) : ServiceLoop
{
    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        // The same place that the embedded intake commits: whoever carries events onwards goes on where the other stopped.
        await using var consumer = outbox.OpenConsumer(IntakeLoop.Consumer);
        var writer = new PatientWriter(options, time, metrics, logger);
        var commit = Task.CompletedTask;
        try
        {
            while (true)
            {
                var batch = await consumer.ReadAsync(options.BatchRecords, stoppingToken);
                EventLogMessage[] messages = [.. batch.Select(static record => new EventLogMessage(record.Key, record.Value))];
                await writer.WriteAsync("Kafka", () => log.AppendAsync(messages, stoppingToken), stoppingToken);

                // Its fsync delays no event: it runs beside the next batch.
                await commit;
                commit = writer.WriteAsync("the outbox's offset", () => consumer.CommitAsync(batch, CancellationToken.None), stoppingToken);
            }
        }
        finally
        {
            await commit.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // should it fail, the batch is repeated
        }
    }
}
