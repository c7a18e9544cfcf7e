using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using Glue.Dispatcher.Destinations;
using Glue.Foundation.Kafka;
using Glue.StorageEvents.EventLog;

namespace Glue.Host.Composition;

/// <summary>
/// Kafka topics as destinations, <c>arn:glue:kafka:::TOPIC</c>: the record becomes a message whose key is the record's id, on the cluster of
/// the section <c>StorageEvents:Kafka</c>. A topic has no account: those of accounts other than the first begin with the account's number
/// and a dot.
/// </summary>
/// <param name="options">The cluster; without servers there is none.</param>
/// <param name="firstAccount">The installation's own.</param>
/// <param name="logger">Hears what the client says of its connections.</param>
internal sealed partial class KafkaDestination(KafkaEventLogOptions options, string firstAccount, ILogger<KafkaDestination> logger) : IRecordDestination, IDisposable
{
    private const string ArnPrefix = "arn:glue:kafka:::";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Task> _topics = new(StringComparer.Ordinal);
    private readonly Lazy<KafkaClients> _clients = new(() => new KafkaClients(options, complaint => LogComplaint(logger, complaint)));
    private readonly Lock _making = new();
    private IProducer<byte[]?, byte[]>? _producer; // made at the first delivery: most installations have none

    public bool Serves(string arn) => arn.StartsWith(ArnPrefix, StringComparison.Ordinal);

    public Task<string?> RefusalAsync(string accountId, string arn, CancellationToken cancellationToken) => Task.FromResult(RefusalOf(accountId, arn[ArnPrefix.Length..]));

    public async Task DeliverAsync(OutcomeRecord record, CancellationToken cancellationToken)
    {
        var topic = record.Arn[ArnPrefix.Length..];
        if (RefusalOf(record.AccountId, topic) is { } refusal)
        {
            throw new DeliveryFailedException($"{record.Arn} cannot be used: {refusal}."); // configured when the cluster was another
        }

        try
        {
            await EnsureAsync(topic, cancellationToken);
            await KafkaBatch.ProduceAsync(Producer(), topic, [(Encoding.UTF8.GetBytes(record.Id), record.Json.ToArray())], cancellationToken);
        }
        catch (Exception e) when (e is KafkaException or KafkaTopicException)
        {
            throw new DeliveryFailedException($"{record.Arn} did not take the record: {e.Message}", e);
        }
    }

    public void Dispose() => _producer?.Dispose();

    [LoggerMessage(6300, LogLevel.Debug, "Kafka, for destinations: {Complaint}")]
    private static partial void LogComplaint(ILogger logger, string complaint);

    private IProducer<byte[]?, byte[]> Producer()
    {
        lock (_making)
        {
            return _producer ??= _clients.Value.Producer(giveUpAfter: Patience);
        }
    }

    /// <summary>Kafka's own rule.</summary>
    private static bool IsTopicName(string topic) =>
        topic.Length is > 0 and <= 249 && topic is not ("." or "..") && topic.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private string? RefusalOf(string accountId, string topic) =>
        options.BootstrapServers.Length == 0 ? "this installation knows no Kafka cluster (start it with --kafka HOST:PORT)"
        : !IsTopicName(topic) ? "it does not name a topic (arn:glue:kafka:::TOPIC; letters, digits, '.', '_' and '-')"
        : topic == options.Topic || topic == options.RejectedTopic ? $"'{topic}' is the event log's own"
        : accountId != firstAccount && !topic.StartsWith(accountId + ".", StringComparison.Ordinal) ? $"topics of account {accountId} begin with '{accountId}.'"
        : null;

    /// <summary>Once per topic; a failure is forgotten, so that the next delivery tries again.</summary>
    private async Task EnsureAsync(string topic, CancellationToken cancellationToken)
    {
        var ensuring = _topics.GetOrAdd(topic, name => new KafkaTopics(_clients.Value, options).EnsureAsync(name, CancellationToken.None));
        try
        {
            await ensuring.WaitAsync(cancellationToken);
        }
        catch when (ensuring.IsFaulted)
        {
            _topics.TryRemove(KeyValuePair.Create(topic, ensuring));
            throw;
        }
    }
}
