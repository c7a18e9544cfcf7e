namespace Glue.StorageEvents.EventLog;

/// <summary>What the event log is made of.</summary>
public enum EventLogKind
{
    /// <summary>The object store's own database.</summary>
    Sqlite,

    /// <summary>A Kafka topic.</summary>
    Kafka,
}
