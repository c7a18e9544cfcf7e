using Confluent.Kafka;
using Glue.Foundation.Kafka;
using Glue.Host.Settings;
using Glue.StorageEvents.EventLog;
using Glue.Workers.Sandboxes;

namespace Glue.Host.Doctor;

/// <summary>Whether events can go through Kafka. It is no fault to have none.</summary>
internal static class KafkaFindings
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static SandboxFinding Library()
    {
        try
        {
            return new("librdkafka", true, $"{NativeKafka.Version}, for events through Kafka");
        }
        catch (DllNotFoundException e)
        {
            return new("librdkafka", false, $"needed for events through Kafka: {e.Message}");
        }
    }

    /// <summary>None when no broker is named.</summary>
    public static IEnumerable<SandboxFinding> Broker(HostSettings settings)
    {
        var options = settings.Apply("StorageEvents:Kafka", new KafkaEventLogOptions());
        if (options.BootstrapServers.Length > 0)
        {
            yield return Ask(options);
        }
    }

    private static SandboxFinding Ask(KafkaEventLogOptions options)
    {
        const string name = "kafka";
        try
        {
            var complaint = "";
            using var admin = new KafkaClients(options, text => complaint = ": " + text).Admin();
            try
            {
                // All topics: asking for the one would make it, on some brokers.
                var found = admin.GetMetadata(Patience);
                var topic = found.Topics.Find(topic => topic.Topic == options.Topic);
                return new(name, true, $"{found.Brokers.Count} broker(s) at {options.BootstrapServers}; topic {options.Topic} "
                    + (topic is null ? "will be made" : $"has {topic.Partitions.Count} partitions"));
            }
            catch (KafkaException e)
            {
                return new(name, false, $"{options.BootstrapServers} does not answer ({e.Error.Reason}{complaint}). Check --kafka, and security.protocol in docs/configuration.md.");
            }
        }
        catch (Exception e) when (e is InvalidOperationException or DllNotFoundException)
        {
            return new(name, false, e.Message);
        }
    }
}
