using Glue.Foundation.Sqlite;
using Microsoft.Data.Sqlite;

namespace Glue.StorageEvents.EventLog;

/// <summary>The embedded log has one partition, and offsets and times grow together.</summary>
internal sealed class SqliteEventLogReader(SqliteDatabase database) : IEventLogReader
{
    public Task<FoundStretches> FindAsync(LogPlace from, LogPlace? to, CancellationToken cancellationToken) => Task.FromResult(database.Read(connection =>
    {
        var (low, high) = (Scalar(connection, "SELECT min(offset) FROM event_log") ?? 1, (Scalar(connection, "SELECT max(offset) FROM event_log") ?? 0) + 1);
        var stretch = new LogStretch(0, Math.Max(low, OffsetOf(connection, from, high)), to is { } end ? Math.Min(high, OffsetOf(connection, end, high)) : high);
        return new FoundStretches(stretch.Next < stretch.End ? [stretch] : [], HasTimes: true);
    }));

    public Task<IReadOnlyList<EventLogRecord>> ReadAsync(LogStretch stretch, int maxRecords, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<EventLogRecord>>(database.Read(connection => SqliteRecords.Read(connection, stretch.Next, stretch.End, maxRecords)));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask; // connections belong to the database

    private static long OffsetOf(SqliteConnection connection, LogPlace place, long high) => place.Time is { } time
        ? Scalar(connection, "SELECT offset FROM event_log WHERE time>=$time ORDER BY offset LIMIT 1", time.ToUnixTimeMilliseconds()) ?? high
        : place.Offset!.Value;

    private static long? Scalar(SqliteConnection connection, string sql, long? time = null)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        if (time is not null)
        {
            command.Parameters.AddWithValue("$time", time);
        }

        return command.ExecuteScalar() as long?;
    }
}
