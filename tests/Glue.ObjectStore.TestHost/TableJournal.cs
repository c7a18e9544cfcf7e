using System.Text.Json;
using Glue.Contracts.Storage;
using Glue.Foundation.Sqlite;

namespace Glue.ObjectStore.TestHost;

/// <summary>A journal as the event log keeps it: a table in the store's own file.</summary>
public sealed class TableJournal(Func<SqliteDatabase> database) : IObjectEventJournal
{
    private int _wakes;

    public int Wakes => _wakes;

    public void Record(SqliteWrite write, ObjectChange change)
    {
        ArgumentNullException.ThrowIfNull(write);
        write.Prepared("INSERT INTO test_journal(change) VALUES($change)").With("$change", JsonSerializer.Serialize(change)).ExecuteNonQuery();
    }

    public void Recorded() => Interlocked.Increment(ref _wakes);

    /// <summary>In commit order.</summary>
    public IReadOnlyList<ObjectChange> Changes() => database().Read(static connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT change FROM test_journal ORDER BY id";
        using var reader = command.ExecuteReader();
        var changes = new List<ObjectChange>();
        while (reader.Read())
        {
            changes.Add(JsonSerializer.Deserialize<ObjectChange>(reader.GetString(0))!);
        }

        return changes;
    });
}
