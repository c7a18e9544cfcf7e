using Glue.Foundation.Kafka;

namespace Glue.Host.Composition;

/// <summary>Whether Kafka can be used at all, before anything starts. Whether the broker is there is another matter: it may come later.</summary>
internal static class KafkaCheck
{
    /// <exception cref="StartupException">No address, no librdkafka, or a property that librdkafka does not know.</exception>
    public static void Ensure(KafkaOptions options)
    {
        if (options.BootstrapServers.Length == 0)
        {
            throw new StartupException("The event log is Kafka, but where is it? Give --kafka HOST:PORT, or the setting StorageEvents:Kafka:BootstrapServers.");
        }

        try
        {
            var clients = new KafkaClients(options, static _ => { });
            using var producer = clients.Producer();
            using var consumer = clients.Consumer("glue.check");
        }
        catch (DllNotFoundException e)
        {
            throw new StartupException(e.Message, e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw new StartupException($"Kafka's settings (section StorageEvents:Kafka) are wrong: {e.Message}", e);
        }
    }
}
