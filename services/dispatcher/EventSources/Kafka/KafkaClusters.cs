using System.Collections.Concurrent;
using Confluent.Kafka;
using Glue.Dispatcher.Accounts;
using Glue.Foundation.Kafka;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.EventSources;

/// <summary>How mappings reach their clusters: with the operator's properties where the cluster is listed, else as it comes.</summary>
internal sealed class KafkaClusters(EventSourceOptions options, ILogger<KafkaClusters> logger) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Lazy<IProducer<byte[]?, byte[]>>> _producers = new(StringComparer.Ordinal);

    /// <inheritdoc cref="EventSourceOptions.RefusalOf"/>
    public string? RefusalOf(string accountId, IReadOnlyList<string> bootstrapServers) => options.RefusalOf(accountId, bootstrapServers);

    /// <summary>What is given up may be written to a topic by the same rule, where the operator lists that topic too.</summary>
    /// <returns>Why the account may not, in a sentence; null: it may.</returns>
    public string? RefusalOf(string accountId, IReadOnlyList<string> bootstrapServers, string topic) =>
        RefusalOf(accountId, bootstrapServers) is { } refusal ? refusal
        : accountId == Account.Installation || options.Find(bootstrapServers)?.MayBeWrittenBy(accountId, topic) == true ? null
        : $"Account {accountId} may not write to {topic} of {string.Join(',', bootstrapServers)}: the operator lists the topic under the cluster's FailureTopics, "
            + "in Dispatcher:EventSources:Clusters.";

    /// <param name="mapping">Whose.</param>
    /// <param name="complain">Hears what the clients say of their connections, on their threads.</param>
    /// <exception cref="DllNotFoundException">librdkafka is not installed.</exception>
    /// <exception cref="InvalidOperationException">The account may not read from it any more.</exception>
    public KafkaClients ClientsOf(EventSourceMapping mapping, Action<string> complain) =>
        RefusalOf(mapping.AccountId, mapping.BootstrapServers) is { } refusal ? throw new InvalidOperationException(refusal)
        : new KafkaClients(OptionsOf(mapping), complain);

    /// <summary>Returns once the mapping's cluster has said of each message whether it has it.</summary>
    /// <returns>One per message, in their order; null: the cluster has it.</returns>
    /// <exception cref="InvalidOperationException">The account may not write there, or not any more.</exception>
    public async Task<IReadOnlyList<Error?>> ProduceAsync(
        EventSourceMapping mapping, string topic, IEnumerable<(byte[] Key, byte[] Value)> messages, CancellationToken cancellationToken)
    {
        if (RefusalOf(mapping.AccountId, mapping.BootstrapServers, topic) is { } refusal)
        {
            throw new InvalidOperationException(refusal); // before a producer that another account's mapping has made
        }

        var producer = _producers.GetOrAdd(
            OptionsOf(mapping).BootstrapServers,
            _ => new Lazy<IProducer<byte[]?, byte[]>>(() =>
                ClientsOf(mapping, complaint => Log.KafkaComplains(logger, mapping.Uuid, complaint)).Producer(giveUpAfter: Patience)));
        return await Task.WhenAll(messages.Select(message => ProduceAsync(producer.Value, topic, message, cancellationToken)));
    }

    public void Dispose()
    {
        foreach (var producer in _producers.Values.Where(static producer => producer.IsValueCreated))
        {
            producer.Value.Dispose();
        }
    }

    private static async Task<Error?> ProduceAsync(
        IProducer<byte[]?, byte[]> producer, string topic, (byte[] Key, byte[] Value) message, CancellationToken cancellationToken)
    {
        try
        {
            await producer.ProduceAsync(topic, new Message<byte[]?, byte[]> { Key = message.Key, Value = message.Value }, cancellationToken);
            return null;
        }
        catch (ProduceException<byte[]?, byte[]> e)
        {
            return e.Error;
        }
    }

    private KafkaOptions OptionsOf(EventSourceMapping mapping) => options.Reach(mapping.BootstrapServers);
}
