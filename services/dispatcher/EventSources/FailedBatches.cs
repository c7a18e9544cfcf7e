using Glue.Contracts.Invocations;
using Glue.Dispatcher.Destinations;
using Glue.Dispatcher.Functions;
using Glue.Dispatcher.Queue;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.EventSources;

/// <summary>
/// OnFailure of a mapping. A function, bucket, webhook or topic of the installation is told through the invocation queue: durable, tried again,
/// a dead letter at last. <c>kafka://TOPIC</c> is a topic of the mapping's own cluster: it has the record before the batch counts as settled.
/// </summary>
internal sealed class FailedBatches(
    IInvocationQueue queue, KafkaClusters clusters, DispatcherOptions dispatcher, EventSourceOptions options, TimeProvider time, ILogger<FailedBatches> logger)
    : IFailedBatches
{
    public const string TopicPrefix = "kafka://";

    public async Task TakeAsync(FailedBatch batch, CancellationToken cancellationToken)
    {
        var mapping = batch.Mapping;
        if (mapping.OnFailure is not { } destination)
        {
            Log.RecordsDropped(logger, mapping.Uuid, batch.Records[0].Topic, batch.Records[0].Partition, batch.Records[0].Offset, batch.Records[^1].Offset, batch.Condition);
            return;
        }

        while (true)
        {
            try
            {
                await TellAsync(batch, destination, cancellationToken);
                return;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                Log.DestinationFailed(logger, mapping.Uuid, destination, e); // the cluster or the disk: the batch waits for it
                await Task.Delay(options.LongestRetry, time, cancellationToken);
            }
        }
    }

    private async Task TellAsync(FailedBatch batch, string destination, CancellationToken cancellationToken)
    {
        if (destination.StartsWith(TopicPrefix, StringComparison.Ordinal))
        {
            // One message per record, under the record's key, as Lambda's.
            var messages = batch.Records.Select(record =>
                (record.Key ?? [], (batch with { Records = [record] }).Json(dispatcher.Region, time.GetUtcNow(), withPayload: true).ToArray()));
            await clusters.ProduceAsync(batch.Mapping, destination[TopicPrefix.Length..], messages, cancellationToken);
            return;
        }

        var isFunction = FunctionReference.TryParse(destination, out var function);
        var isBucket = destination.StartsWith("arn:aws:s3:", StringComparison.Ordinal);
        await queue.EnqueueAsync(
            [
                new Invocation
                {
                    Id = batch.Id, // deterministic: the repeat of a batch tells nobody twice
                    AccountId = batch.Mapping.AccountId,
                    FunctionName = isFunction ? function.Name : destination,
                    Qualifier = isFunction ? function.Qualifier : null,
                    Payload = batch.Json(dispatcher.Region, time.GetUtcNow(), withPayload: isBucket),
                    Source = new InvocationSource("destination"),
                    LineageDepth = 1,
                    AcceptedAt = time.GetUtcNow(),
                },
            ],
            cancellationToken);
    }
}
