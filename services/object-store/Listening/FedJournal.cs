using Glue.Contracts.Storage;
using Glue.Foundation.Sqlite;

namespace Glue.ObjectStore.Listening;

/// <summary>The journal, and behind it, once a change is committed, those who listen.</summary>
internal sealed class FedJournal(IObjectEventJournal journal, ChangeFeed feed) : IObjectEventJournal
{
    public void Record(SqliteWrite write, ObjectChange change)
    {
        journal.Record(write, change);
        write.WhenCommitted(() => feed.Publish(change));
    }

    public void Recorded() => journal.Recorded();
}
