using System.Text;
using Confluent.Kafka;
using Glue.Foundation.Kafka;

namespace Glue.StorageEvents.FunctionalTests.Kafka;

/// <summary>A topic as any other program sees it.</summary>
internal static class RawTopic
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task ProduceAsync(KafkaOptions options, string topic, params IEnumerable<(string? Key, string Value)> messages)
    {
        using var producer = new KafkaClients(options, static _ => { }).Producer();
        await Task.WhenAll(messages.Select(message => producer.ProduceAsync(topic, new Message<byte[]?, byte[]>
        {
            Key = message.Key is null ? null : Encoding.UTF8.GetBytes(message.Key), Value = Encoding.UTF8.GetBytes(message.Value),
        })));
    }

    /// <summary>The first records of the topic's first partition.</summary>
    public static Task<List<string>> ReadAsync(KafkaOptions options, string topic, int count) => Task.Run(() =>
    {
        using var consumer = new KafkaClients(options, static _ => { }).Consumer("raw-" + Guid.NewGuid());
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        var values = new List<string>();
        for (var started = TimeProvider.System.GetTimestamp(); values.Count < count;)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Limit, $"{values.Count} of {count} records came in time");
            if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is { } result)
            {
                values.Add(Encoding.UTF8.GetString(result.Message.Value!));
            }
        }

        return values;
    });
}
