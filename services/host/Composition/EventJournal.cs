using Glue.Contracts.Storage;
using Glue.Foundation.Sqlite;
using Glue.ObjectStore;
using Glue.StorageEvents.EventLog;

namespace Glue.Host.Composition;

/// <summary>The object store's journal is the event log: an object and its event are one transaction.</summary>
internal sealed class EventJournal(SqliteEventLog log) : IObjectEventJournal
{
    public void Record(SqliteWrite write, ObjectChange change) => log.Record(write, change);

    public void Recorded() => log.Recorded();
}
