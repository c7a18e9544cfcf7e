namespace Glue.StorageEvents.EventLog;

/// <summary>
/// The durable log between stores and rules: it absorbs bursts, decouples, and can be read again. Embedded: SQLite, in the object
/// store's own file; scaled out: a Kafka topic.
/// </summary>
public interface IEventLog
{
    /// <summary>
    /// Adds messages at the end, in this order for each key. They are durable when it returns; after an exception some may be in the
    /// log all the same, and appending them again is right (repeats are recognised by invocation id).
    /// </summary>
    Task AppendAsync(IReadOnlyList<EventLogMessage> batch, CancellationToken cancellationToken);

    /// <summary>Starts reading behind what this consumer committed; from the beginning when it never did. One reader per name at a time.</summary>
    IEventLogConsumer OpenConsumer(string name);

    /// <summary>For reading parts of it again.</summary>
    IEventLogReader OpenReader();
}
