using System.Collections.Immutable;
using System.Text.Json;
using Glue.Foundation.Sqlite;

namespace Glue.Dispatcher.EventSources;

/// <summary>All event source mappings: on disk in state.db, and in memory. A change is durable before it is seen.</summary>
internal sealed class EventSourceStore : IDisposable
{
    private static readonly string[] Schema =
    [
        "CREATE TABLE event_source_mapping(uuid TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID",
    ];

    private readonly SqliteDatabase _database;
    private readonly SemaphoreSlim _changing = new(1);
    private Action _changed = static () => { };

    // Replaced as a whole at every change; read without a lock.
    private volatile ImmutableSortedDictionary<string, EventSourceMapping> _mappings;

    public EventSourceStore(SqliteDatabase database)
    {
        _database = database;
        database.Migrate("dispatcher.event-sources", Schema);
        _mappings = ReadAll(database).ToImmutableSortedDictionary(static mapping => mapping.Uuid, static mapping => mapping, StringComparer.Ordinal);
    }

    /// <summary>By rising UUID.</summary>
    public IEnumerable<EventSourceMapping> All => _mappings.Values;

    /// <summary>Calls <paramref name="tell"/> after every change, once it is durable and seen. At composing only.</summary>
    public void WhenChanged(Action tell) => _changed += tell;

    /// <returns>Null: there is none.</returns>
    public EventSourceMapping? Find(string uuid) => _mappings.GetValueOrDefault(uuid);

    /// <summary>Makes, replaces or removes a mapping, with all other changes waiting. Durable when it returns.</summary>
    /// <param name="uuid">Which.</param>
    /// <param name="change">Sees it as it is (null: absent) and returns what it becomes (null: it goes), or throws and nothing changes.</param>
    /// <param name="cancellationToken">Ends the wait for other changes.</param>
    public async Task<EventSourceMapping?> ChangeAsync(
        string uuid, Func<EventSourceMapping?, EventSourceMapping?> change, CancellationToken cancellationToken)
    {
        EventSourceMapping? after;
        await _changing.WaitAsync(cancellationToken);
        try
        {
            var before = Find(uuid);
            after = change(before);
            if (ReferenceEquals(before, after))
            {
                return after;
            }

            await _database.WriteAsync(write =>
            {
                if (after is null)
                {
                    write.Prepared("DELETE FROM event_source_mapping WHERE uuid=$uuid").With("$uuid", uuid).ExecuteNonQuery();
                }
                else
                {
                    write.Prepared("INSERT INTO event_source_mapping VALUES($uuid, $document) ON CONFLICT DO UPDATE SET document=excluded.document")
                        .With("$uuid", uuid).With("$document", JsonSerializer.Serialize(after, EventSourceJson.Default.EventSourceMapping)).ExecuteNonQuery();
                }
            }, CancellationToken.None);
            _mappings = after is null ? _mappings.Remove(uuid) : _mappings.SetItem(uuid, after);
        }
        finally
        {
            _changing.Release();
        }

        _changed();
        return after;
    }

    public void Dispose() => _changing.Dispose();

    private static List<EventSourceMapping> ReadAll(SqliteDatabase database) => database.Read(static connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT document FROM event_source_mapping";
        using var row = command.ExecuteReader();
        var mappings = new List<EventSourceMapping>();
        while (row.Read())
        {
            mappings.Add(JsonSerializer.Deserialize(row.GetString(0), EventSourceJson.Default.EventSourceMapping)!);
        }

        return mappings;
    });
}
