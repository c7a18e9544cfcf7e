using Confluent.Kafka;
using Glue.Foundation.Kafka;
using Glue.StorageEvents.EventLog;

namespace Glue.Bench.Dispatching;

/// <summary>What the same Kafka client does on the same broker when it only produces (acks=all) and, meanwhile, consumes.</summary>
internal static class RawKafka
{
    public static async Task RunAsync(int events, KafkaEventLogOptions options, byte[] message)
    {
        var clients = new KafkaClients(options, static _ => { });
        await new KafkaTopics(clients, options).EnsureAsync(options.Topic, CancellationToken.None);
        using var producer = clients.Producer();
        using var consumer = clients.Consumer("raw");
        consumer.Subscribe(options.Topic);
        var mark = new DispatchBench.Mark(events);
        var consuming = Task.Run(() =>
        {
            for (var count = 0; count < events;)
            {
                count += consumer.Consume(TimeSpan.FromSeconds(1)) is null ? 0 : 1;
            }
        });
        for (var i = 0; i < events; i++)
        {
            Produce(producer, options.Topic, message);
        }

        producer.Flush(CancellationToken.None);
        await consuming;
        mark.Report("the Kafka client alone, producing and consuming", heads: 0);
        consumer.Close();
    }

    private static void Produce(IProducer<byte[]?, byte[]> producer, string topic, byte[] value)
    {
        while (true)
        {
            try
            {
                producer.Produce(topic, new Message<byte[]?, byte[]> { Value = value });
                return;
            }
            catch (ProduceException<byte[]?, byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Poll(TimeSpan.FromMilliseconds(1));
            }
        }
    }
}
