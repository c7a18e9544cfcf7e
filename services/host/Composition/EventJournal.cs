using Glue.Contracts.Storage;
using Glue.Foundation.Sqlite;
using Glue.ObjectStore;
using Glue.StorageEvents;
using Glue.StorageEvents.EventLog;
using Glue.StorageEvents.S3Events;

namespace Glue.Host.Composition;

/// <summary>The object store's journal is the event log: an object and its event are one transaction.</summary>
internal sealed class EventJournal(SqliteEventLog log) : IObjectEventJournal
{
    public void Record(SqliteWrite write, ObjectChange change) => log.Record(write, change);

    public void Recorded() => log.Recorded();
}

/// <summary>What listening clients of the object store are told is written by storage-events, which knows S3's event JSON.</summary>
internal sealed class EventText(StorageEventsOptions options) : IObjectEventText
{
    public byte[] Write(ObjectChange change) => ListenedEvents.Write(change, options.Region);
}
