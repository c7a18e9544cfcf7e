using Glue.Contracts.Storage;
using Glue.Foundation.Hosting;
using Glue.Foundation.Sqlite;
using Glue.StorageEvents.S3Events;

namespace Glue.StorageEvents.EventLog;

/// <summary>
/// The event log in SQLite. It is handed the object store's own database, so that an object and its event are one transaction:
/// <see cref="Record"/> takes part in it, <see cref="Recorded"/> follows the commit.
/// </summary>
public sealed class SqliteEventLog : IEventLog
{
    // AUTOINCREMENT: an emptied log must not use an offset twice, or records would hide behind the committed one.
    private const string Tables = """
        CREATE TABLE event_log(offset INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL);
        CREATE TABLE event_log_consumer(name TEXT PRIMARY KEY, committed INTEGER NOT NULL) WITHOUT ROWID;
        """;

    private const string Insert = "INSERT INTO event_log(time,key,value) VALUES($time,$key,$value)";

    // Deleting more at once would hold up the puts that share the writer.
    private const int TrimAtOnce = 1000;

    private readonly SqliteDatabase _database;
    private readonly StorageEventsOptions _options;
    private readonly TimeProvider _time;
    private readonly Signal _appended = new();

    /// <param name="database">The object store's; its tables are made here.</param>
    /// <param name="options">The region written into events, and the safety poll.</param>
    /// <param name="time">Stamps records and paces the safety poll.</param>
    public SqliteEventLog(SqliteDatabase database, StorageEventsOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(database);
        _database = database;
        _options = options;
        _time = time;
        database.Migrate("event-log", Tables);
    }

    /// <summary>
    /// Adds a change of an object inside the caller's transaction (the object store's): both are on disk, or neither. Call
    /// <see cref="Recorded"/> after the commit.
    /// </summary>
    public void Record(SqliteWrite write, ObjectChange change)
    {
        ArgumentNullException.ThrowIfNull(write);
        ArgumentNullException.ThrowIfNull(change);
        Add(write, change.Bucket + "/" + change.Key, S3EventWriter.Logged(change, _options.Region));
    }

    /// <summary>Wakes the consumers: something that <see cref="Record"/> added is committed.</summary>
    public void Recorded() => _appended.Set();

    public async Task AppendAsync(IReadOnlyList<EventLogMessage> batch, CancellationToken cancellationToken)
    {
        await _database.WriteAsync(
            write =>
            {
                foreach (var message in batch)
                {
                    Add(write, message.Key, message.Value.ToArray());
                }
            },
            cancellationToken);
        _appended.Set();
    }

    public IEventLogConsumer OpenConsumer(string name) =>
        new SqliteEventLogConsumer(_database, name, _appended, _options.SafetyPoll, _time);

    public IEventLogReader OpenReader() => new SqliteEventLogReader(_database);

    /// <summary>
    /// Deletes records the log took before <paramref name="before"/> and every consumer has committed. A consumer that is behind
    /// keeps them, however old.
    /// </summary>
    /// <returns>How many were deleted.</returns>
    public async Task<int> TrimAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var trimmed = 0;
        int last;
        do
        {
            last = await _database.WriteAsync(write => TrimSome(write, before), cancellationToken);
            trimmed += last;
        }
        while (last == TrimAtOnce);

        return trimmed;
    }

    private static int TrimSome(SqliteWrite write, DateTimeOffset before) => write.Prepared(
        """
        DELETE FROM event_log WHERE offset IN (
            SELECT offset FROM event_log
            WHERE offset <= (SELECT coalesce(min(committed), 0) FROM event_log_consumer)
              AND offset < coalesce((SELECT offset FROM event_log WHERE time >= $before ORDER BY offset LIMIT 1), 9223372036854775807)
            ORDER BY offset LIMIT $atOnce)
        """)
        .With("$before", before.ToUnixTimeMilliseconds())
        .With("$atOnce", TrimAtOnce)
        .ExecuteNonQuery();

    private void Add(SqliteWrite write, string key, byte[] value) => write.Prepared(Insert)
        .With("$time", _time.GetUtcNow().ToUnixTimeMilliseconds())
        .With("$key", key)
        .With("$value", value)
        .ExecuteNonQuery();
}
