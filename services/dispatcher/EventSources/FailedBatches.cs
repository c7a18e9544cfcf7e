using Confluent.Kafka;
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
    IInvocationQueue queue, FailureTopic topic, EventSourceStore store, DispatcherOptions dispatcher, EventSourceOptions options, TimeProvider time,
    ILogger<FailedBatches> logger)
    : IFailedBatches
{
    public const string TopicPrefix = "kafka://";

    public async Task TakeAsync(FailedBatch batch, MappingStatus status, CancellationToken cancellationToken)
    {
        while (true)
        {
            // As it is now: another destination is how its owner helps a mapping whose destination takes nothing.
            batch = batch with { Mapping = store.Find(batch.Mapping.Uuid) ?? batch.Mapping };
            var mapping = batch.Mapping;
            if (mapping.OnFailure is not { } destination)
            {
                Log.RecordsDropped(logger, mapping.Uuid, batch.Records[0].Topic, batch.Records[0].Partition, batch.Records[0].Offset, batch.Records[^1].Offset, batch.Condition);
                return;
            }

            Exception failure;
            try
            {
                if (!destination.StartsWith(TopicPrefix, StringComparison.Ordinal))
                {
                    await EnqueueAsync(batch, destination, cancellationToken);
                    return;
                }

                var (left, error) = await topic.TakeAsync(batch, destination[TopicPrefix.Length..], cancellationToken);
                if (error is null)
                {
                    return;
                }

                batch = batch with { Records = left }; // the others are there
                failure = new KafkaException(error);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                failure = e;
            }

            status.Problem($"{destination} does not take what is given up: {failure.Message}");
            Log.DestinationFailed(logger, mapping.Uuid, destination, failure); // the cluster or the disk: the batch waits for it
            await Task.Delay(options.LongestRetry, time, cancellationToken);
        }
    }

    private async Task EnqueueAsync(FailedBatch batch, string destination, CancellationToken cancellationToken)
    {
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
