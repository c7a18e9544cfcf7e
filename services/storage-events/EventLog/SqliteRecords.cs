using Microsoft.Data.Sqlite;

namespace Glue.StorageEvents.EventLog;

/// <summary>Rows of the embedded log.</summary>
internal static class SqliteRecords
{
    /// <summary>In order, from offset <paramref name="first"/> up to and without <paramref name="end"/>.</summary>
    public static List<EventLogRecord> Read(SqliteConnection connection, long first, long end, int maxRecords)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT offset,time,key,value FROM event_log WHERE offset>=$first AND offset<$end ORDER BY offset LIMIT $max";
        command.Parameters.AddWithValue("$first", first);
        command.Parameters.AddWithValue("$end", end);
        command.Parameters.AddWithValue("$max", maxRecords);
        using var reader = command.ExecuteReader();
        var records = new List<EventLogRecord>();
        while (reader.Read())
        {
            records.Add(new EventLogRecord(
                reader.GetInt64(0),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)),
                reader.GetString(2),
                reader.GetFieldValue<byte[]>(3)));
        }

        return records;
    }
}
