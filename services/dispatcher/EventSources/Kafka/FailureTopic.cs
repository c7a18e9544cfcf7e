using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.EventSources;

/// <summary>
/// <c>kafka://TOPIC</c>: one message per record that is given up, under the record's key, as Lambda's. No record holds up the others: what the
/// cluster refuses for itself goes without its value.
/// </summary>
internal sealed class FailureTopic(KafkaClusters clusters, DispatcherOptions dispatcher, TimeProvider time, ILogger<FailureTopic> logger)
{
    /// <returns>The records that the cluster does not have yet and why not; no error: it has all, or has refused them for good.</returns>
    /// <exception cref="InvalidOperationException">The account may not write there.</exception>
    public async Task<(IReadOnlyList<SourceRecord> Left, Error? Error)> TakeAsync(FailedBatch batch, string topic, CancellationToken cancellationToken)
    {
        var errors = await clusters.ProduceAsync(batch.Mapping, topic, batch.Records.Select(record => Message(batch, record)), cancellationToken);
        var left = new List<SourceRecord>();
        Error? last = null;
        foreach (var (record, error) in batch.Records.Zip(errors))
        {
            if (error is not null && await RescueAsync(batch, record, topic, error, cancellationToken) is { } open)
            {
                left.Add(record);
                last = open;
            }
        }

        return (left, last);
    }

    /// <summary>A record that was refused: alone, since a set of messages is refused as a whole for one of them, and then without its value.</summary>
    /// <returns>Why it is to be tried again; null: it is done with.</returns>
    private async Task<Error?> RescueAsync(FailedBatch batch, SourceRecord record, string topic, Error error, CancellationToken cancellationToken)
    {
        if (!IsOfMessage(error))
        {
            return error;
        }

        var alone = await SendAsync(batch, Message(batch, record), topic, cancellationToken);
        if (alone is null || !IsOfMessage(alone))
        {
            return alone;
        }

        var bare = await SendAsync(batch, Message(batch, record, omitted: alone.Reason), topic, cancellationToken);
        if (bare is null || !IsOfMessage(bare))
        {
            return bare;
        }

        Log.RecordRefused(logger, batch.Mapping.Uuid, record.Topic, record.Partition, record.Offset, FailedBatches.TopicPrefix + topic, bare.Reason);
        return null;
    }

    private async Task<Error?> SendAsync(FailedBatch batch, (byte[], byte[]) message, string topic, CancellationToken cancellationToken) =>
        (await clusters.ProduceAsync(batch.Mapping, topic, [message], cancellationToken))[0];

    private (byte[] Key, byte[] Value) Message(FailedBatch batch, SourceRecord record, string? omitted = null) =>
        (record.Key ?? [], (batch with { Records = [record] }).Json(dispatcher.Region, time.GetUtcNow(), withPayload: omitted is null, omitted).ToArray());

    /// <summary>Trying again cannot help: too large for the client or for the topic, or against the topic's rules.</summary>
    private static bool IsOfMessage(Error error) =>
        error.Code is ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.InvalidRecord;
}
