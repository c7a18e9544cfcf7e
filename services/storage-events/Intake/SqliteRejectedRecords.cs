using Glue.Foundation.Sqlite;

namespace Glue.StorageEvents.Intake;

/// <summary>Messages put aside, beside the embedded event log they came from.</summary>
public sealed class SqliteRejectedRecords : IRejectedRecords
{
    private const string Tables = """
        CREATE TABLE rejected_record(offset INTEGER PRIMARY KEY, time INTEGER NOT NULL, key TEXT NOT NULL, reason TEXT NOT NULL, value BLOB NOT NULL);
        """;

    private readonly SqliteDatabase _database;

    public SqliteRejectedRecords(SqliteDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        _database = database;
        database.Migrate("rejected-records", Tables);
    }

    public Task AddAsync(IReadOnlyList<RejectedRecord> batch, CancellationToken cancellationToken) => _database.WriteAsync(
        write =>
        {
            foreach (var record in batch)
            {
                // The offset is the identity: a batch that is read again after a crash puts nothing aside twice.
                write.Prepared("INSERT OR IGNORE INTO rejected_record(offset,time,key,reason,value) VALUES($offset,$time,$key,$reason,$value)")
                    .With("$offset", record.Offset)
                    .With("$time", record.Time.ToUnixTimeMilliseconds())
                    .With("$key", record.Key)
                    .With("$reason", record.Reason)
                    .With("$value", record.Value.ToArray())
                    .ExecuteNonQuery();
            }
        },
        cancellationToken);

    /// <summary>The newest first.</summary>
    public IReadOnlyList<RejectedRecord> Newest(int count) => _database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT offset,time,key,reason,value FROM rejected_record ORDER BY offset DESC LIMIT $count";
        command.Parameters.AddWithValue("$count", count);
        using var reader = command.ExecuteReader();
        var records = new List<RejectedRecord>();
        while (reader.Read())
        {
            records.Add(new RejectedRecord(
                reader.GetInt64(0),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)),
                reader.GetString(2),
                reader.GetString(3),
                reader.GetFieldValue<byte[]>(4)));
        }

        return records;
    });

    /// <summary>Deletes what the log took before <paramref name="before"/>.</summary>
    /// <returns>How many were deleted.</returns>
    public Task<int> TrimAsync(DateTimeOffset before, CancellationToken cancellationToken) => _database.WriteAsync(
        write => write.Prepared("DELETE FROM rejected_record WHERE time<$before").With("$before", before.ToUnixTimeMilliseconds()).ExecuteNonQuery(),
        cancellationToken);
}
