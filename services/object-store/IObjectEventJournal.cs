using Glue.Contracts.Storage;
using Glue.Foundation.Sqlite;

namespace Glue.ObjectStore;

/// <summary>Where the store writes what changed: the event log's intake.</summary>
public interface IObjectEventJournal
{
    /// <summary>
    /// Appends the change inside the store's own open transaction: the object and its event become durable together or not at
    /// all. Runs on the database's writer thread; must be short.
    /// </summary>
    void Record(SqliteWrite write, ObjectChange change);

    /// <summary>Called after the commit, to wake whoever reads the log. Must not block.</summary>
    void Recorded();
}
