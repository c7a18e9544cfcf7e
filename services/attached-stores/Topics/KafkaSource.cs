using System.Security.Cryptography;
using Confluent.Kafka;
using Glue.AttachedStores.Api;
using Glue.AttachedStores.Requests;
using Glue.AttachedStores.Sources;
using Glue.AttachedStores.Stores;
using Glue.Foundation.Kafka;
using Microsoft.Extensions.Logging;

namespace Glue.AttachedStores.Topics;

/// <summary><c>--notify kafka</c>: the store writes its events to a topic, and Glue reads it as a consumer group of the store's own.</summary>
internal sealed class KafkaSource(IStoreRules rules, IStoreEvents events, IKafkaReach reach, TimeProvider time, ILogger<KafkaSource> logger) : IStoreSource
{
    public StoreNotify Notify => StoreNotify.Kafka;

    /// <summary>The group of a topic that was not read before begins at what comes from now on. One that was goes on where it is.</summary>
    public async Task<StoreDraft> AdmitAsync(StoreDraft draft, AttachedStore? before, CancellationToken cancellationToken)
    {
        var topic = StoreTopic.Of(draft.Settings.KafkaServers, draft.Settings.KafkaTopic);
        if (reach.RefusalOf(draft.AccountId, topic.Servers) is { } refusal)
        {
            throw new StoreRefusal(403, refusal);
        }

        var isKnown = before is { Settings.KafkaGroup: not null } && before.Settings.KafkaServers == topic.ServerList && before.Settings.KafkaTopic == topic.Name;
        var group = isKnown ? before!.Settings.KafkaGroup! : $"glue-store-{draft.Name}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(5))}";
        try
        {
            var clients = ClientsOf(topic);
            await Task.Run(() =>
            {
                if (isKnown)
                {
                    TopicProbe.PartitionsOf(clients, topic);
                }
                else
                {
                    TopicProbe.BeginAtEnd(clients, topic, group);
                }
            }, cancellationToken);
        }
        catch (Exception e) when (e is KafkaException or DllNotFoundException or InvalidOperationException)
        {
            throw new StoreRefusal(400, ReasonOf(e));
        }

        return draft with { Settings = draft.Settings with { KafkaServers = topic.ServerList, KafkaTopic = topic.Name, KafkaGroup = group } };
    }

    public async Task<string> CheckAsync(AttachedStore store, CancellationToken cancellationToken)
    {
        var topic = StoreTopic.Of(store);
        try
        {
            var clients = Admitted(store, topic);
            var waiting = await Task.Run(() => TopicProbe.WaitingIn(clients, topic, store.Settings.KafkaGroup!), cancellationToken);
            return $"topic {topic.Name} of {topic.ServerList} is there; {(waiting is { } count ? $"{count} messages wait" : "nothing was read of it yet")}";
        }
        catch (Exception e) when (e is KafkaException or DllNotFoundException or InvalidOperationException)
        {
            throw new StoreException(store.Name, 502, "Kafka", ReasonOf(e));
        }
    }

    public async Task RunAsync(AttachedStore store, SourceStatus status, CancellationToken cancellationToken)
    {
        var topic = StoreTopic.Of(store);
        var reading = new TopicReading(store, topic, rules, events, status, logger);
        var clients = Admitted(store, topic);
        await using var reader = new KafkaGroupReader(
            clients, store.Settings.KafkaGroup!, topic.Name, token => Task.Run(() => TopicProbe.PartitionsOf(clients, topic), token), time, reading);
        await reading.RunAsync(reader, cancellationToken);
    }

    public Task ForgetAsync(string store) => Task.CompletedTask; // the group's offsets are the broker's to forget

    /// <exception cref="InvalidOperationException">The operator allows it no more.</exception>
    private KafkaClients Admitted(AttachedStore store, StoreTopic topic) =>
        reach.RefusalOf(store.AccountId, topic.Servers) is { } refusal ? throw new InvalidOperationException(refusal) : ClientsOf(topic);

    private KafkaClients ClientsOf(StoreTopic topic) => new(reach.OptionsOf(topic.Servers), static _ => { }); // the reader tells what stops it

    private static string ReasonOf(Exception exception) => exception is KafkaException kafka ? kafka.Error.Reason : exception.Message;
}
