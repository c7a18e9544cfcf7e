using System.Globalization;
using Confluent.Kafka;

namespace Glue.Foundation.Kafka;

/// <summary>Makes the clients of one cluster: Glue's defaults, what the user set, and what delivery rests on.</summary>
public sealed class KafkaClients
{
    private readonly KafkaOptions _options;
    private readonly Action<string> _complain;

    /// <param name="options">The cluster.</param>
    /// <param name="complain">Hears what clients have to say about connections; called from their threads.</param>
    /// <exception cref="DllNotFoundException">librdkafka is not installed.</exception>
    public KafkaClients(KafkaOptions options, Action<string> complain)
    {
        NativeKafka.Use();
        (_options, _complain) = (options, complain);
    }

    /// <summary>
    /// A client that is told not to ask the broker for its version (<c>api.version.request=false</c>) is told so because the broker is from
    /// before 0.10: no idempotent producers, no call that creates topics, no timestamps.
    /// </summary>
    public bool IsOldBroker => _options.Properties.TryGetValue("api.version.request", out var asks) && asks == "false";

    /// <summary>
    /// A producer that gives nothing up and keeps the order of each key: a message is either acknowledged by all in-sync replicas or still
    /// on its way, however long the broker is away. Idempotent where the broker has it (0.11 and later).
    /// </summary>
    /// <param name="giveUpAfter">For callers that try again themselves and need no order: a message fails after this. Null: never.</param>
    /// <exception cref="InvalidOperationException">A property is unknown or has a value that librdkafka refuses.</exception>
    public IProducer<byte[]?, byte[]> Producer(TimeSpan? giveUpAfter = null)
    {
        var properties = Merge(_options.Producer, new()
        {
            ["linger.ms"] = "2",
            ["compression.codec"] = "none",
        });

        // Without idempotence one request in flight keeps the order when it is repeated.
        properties.TryAdd("enable.idempotence", IsOldBroker ? "false" : "true");
        if (properties["enable.idempotence"] == "false")
        {
            properties["max.in.flight"] = "1";
        }

        properties["acks"] = "all";

        // 0 is never: a message given up behind which a later one of its key came through would break the order.
        properties["message.timeout.ms"] = ((int)(giveUpAfter ?? TimeSpan.Zero).TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        return new ProducerBuilder<byte[]?, byte[]>(properties)
            .SetErrorHandler((_, error) => Complain(error))
            .SetLogHandler(static (_, _) => { }) // the same things again, with librdkafka's own file names
            .Build();
    }

    /// <summary>A consumer of a group that stores offsets when told to, and never by itself.</summary>
    /// <param name="group">Its consumer group.</param>
    /// <param name="change">Sets handlers.</param>
    /// <param name="tellsEnd">True: it says when it is at a partition's end.</param>
    /// <exception cref="InvalidOperationException">A property is unknown or has a value that librdkafka refuses.</exception>
    public IConsumer<byte[]?, byte[]?> Consumer(string group, Action<ConsumerBuilder<byte[]?, byte[]?>>? change = null, bool tellsEnd = false)
    {
        var properties = Merge(_options.Consumer, new()
        {
            ["session.timeout.ms"] = "10000", // a killed consumer's partitions are handed over after this
            ["auto.commit.interval.ms"] = "1000",
            ["queued.max.messages.kbytes"] = "16384",
            ["fetch.error.backoff.ms"] = "100",
        });
        properties["group.id"] = group;
        properties["enable.partition.eof"] = tellsEnd ? "true" : "false";
        properties["enable.auto.commit"] = "true"; // commits what was stored
        properties["enable.auto.offset.store"] = "false";
        properties["auto.offset.reset"] = "earliest";
        var builder = new ConsumerBuilder<byte[]?, byte[]?>(properties)
            .SetErrorHandler((_, error) => Complain(error))
            .SetLogHandler(static (_, _) => { });
        change?.Invoke(builder);
        return builder.Build();
    }

    /// <summary>For topics and their offsets.</summary>
    public IAdminClient Admin() => new AdminClientBuilder(Merge([], []))
        .SetErrorHandler((_, error) => Complain(error))
        .SetLogHandler(static (_, _) => { })
        .Build();

    private Dictionary<string, string> Merge(Dictionary<string, string> own, Dictionary<string, string> defaults)
    {
        var merged = new Dictionary<string, string>(defaults, StringComparer.OrdinalIgnoreCase)
        {
            ["client.id"] = "glue",
            ["reconnect.backoff.max.ms"] = "2000",
        };
        foreach (var (name, value) in _options.Properties.Concat(own))
        {
            merged[name] = value;
        }

        merged["bootstrap.servers"] = _options.BootstrapServers;
        return merged;
    }

    private void Complain(Error error) => _complain($"{error.Reason} ({error.Code})");
}
