using Confluent.Kafka;
using Glue.Foundation.Kafka;
using Glue.StorageEvents.Intake;
using Microsoft.Extensions.Logging;

namespace Glue.StorageEvents.EventLog;

/// <summary>
/// The event log in a Kafka topic, which any program may write to. Appended is what all in-sync replicas have; committed is what was stored
/// as a group's offset, which the broker hears once a second, at a rebalance and at the end: a crash repeats that second.
/// </summary>
public sealed class KafkaEventLog : IEventLog, IRejectedRecords, IDisposable
{
    private readonly KafkaEventLogOptions _options;
    private readonly KafkaClients _clients;
    private readonly KafkaTopics _topics;
    private readonly IProducer<byte[]?, byte[]> _producer;
    private readonly TimeProvider _time;
    private readonly ILogger<KafkaEventLog> _logger;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _knowing = new(1);

    /// <exception cref="DllNotFoundException">librdkafka is not installed.</exception>
    /// <exception cref="InvalidOperationException">A property is unknown or has a value that librdkafka refuses.</exception>
    public KafkaEventLog(KafkaEventLogOptions options, TimeProvider time, ILogger<KafkaEventLog> logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        var complaints = new KafkaComplaints(time, logger);
        _clients = new KafkaClients(options, complaints.Hear);
        _topics = new KafkaTopics(_clients, options);
        _producer = _clients.Producer();
    }

    public async Task AppendAsync(IReadOnlyList<EventLogMessage> batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        await EnsureTopicAsync(_options.Topic, cancellationToken);
        await KafkaBatch.ProduceAsync(
            _producer, _options.Topic, batch.Select(static message => (System.Text.Encoding.UTF8.GetBytes(message.Key), message.Value.ToArray())), cancellationToken);
    }

    public IEventLogConsumer OpenConsumer(string name) => new KafkaEventLogConsumer(
        _clients, $"{_options.GroupPrefix}.{name}", _options.Topic, token => EnsureTopicAsync(_options.Topic, token), _time, _logger);

    public IEventLogReader OpenReader() => new KafkaEventLogReader(_clients, _options.Topic, token => EnsureTopicAsync(_options.Topic, token), _time);

    /// <summary>To the topic of rejected records; the key is the record's place, the value <see cref="RejectedRecordJson"/>'s.</summary>
    public async Task AddAsync(IReadOnlyList<RejectedRecord> batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        await EnsureTopicAsync(_options.RejectedTopic, cancellationToken);
        await KafkaBatch.ProduceAsync(
            _producer,
            _options.RejectedTopic,
            batch.Select(record => (System.Text.Encoding.UTF8.GetBytes($"{_options.Topic}/{record.Partition}/{record.Offset}"), RejectedRecordJson.Write(record, _options.Topic))),
            cancellationToken);
    }

    public void Dispose()
    {
        _producer.Dispose();
        _knowing.Dispose();
    }

    private async Task EnsureTopicAsync(string topic, CancellationToken cancellationToken)
    {
        await _knowing.WaitAsync(cancellationToken);
        try
        {
            if (!_known.Contains(topic))
            {
                await _topics.EnsureAsync(topic, cancellationToken);
                _known.Add(topic);
            }
        }
        finally
        {
            _knowing.Release();
        }
    }
}
