using Glue.Foundation.Sqlite;

namespace Glue.StorageEvents.Intake;

/// <summary>Messages put aside, beside the embedded event log they came from.</summary>
public sealed class SqliteRejectedRecords : IRejectedRecords
{
    private const string Tables = """
        CREATE TABLE rejected_record(offset INTEGER PRIMARY KEY, time INTEGER NOT NULL, key TEXT NOT NULL, reason TEXT NOT NULL, value BLOB NOT NULL);
        """;

    // When those were put aside that lie there already nobody knows: they stay their time from now on.
    private const string PutAside = """
        ALTER TABLE rejected_record ADD COLUMN put_aside INTEGER NOT NULL DEFAULT 0;
        UPDATE rejected_record SET put_aside=unixepoch()*1000;
        """;

    private readonly SqliteDatabase _database;
    private readonly TimeProvider _time;

    public SqliteRejectedRecords(SqliteDatabase database, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(database);
        (_database, _time) = (database, time);
        database.Migrate("rejected-records", Tables, PutAside);
    }

    public Task AddAsync(IReadOnlyList<RejectedRecord> batch, CancellationToken cancellationToken) => _database.WriteAsync(
        write =>
        {
            foreach (var record in batch)
            {
                // The offset is the identity: a batch that is read again after a crash puts nothing aside twice.
                write.Prepared("INSERT OR IGNORE INTO rejected_record(offset,time,key,reason,value,put_aside) VALUES($offset,$time,$key,$reason,$value,$now)")
                    .With("$offset", record.Offset)
                    .With("$time", record.Time.ToUnixTimeMilliseconds())
                    .With("$key", record.Key)
                    .With("$reason", record.Reason)
                    .With("$value", record.Value.ToArray())
                    .With("$now", _time.GetUtcNow().ToUnixTimeMilliseconds())
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

    /// <summary>Deletes what was put aside before <paramref name="before"/>, however long it waited in the log first: people need time to look.</summary>
    /// <returns>How many were deleted.</returns>
    public Task<int> TrimAsync(DateTimeOffset before, CancellationToken cancellationToken) => _database.WriteAsync(
        write => write.Prepared("DELETE FROM rejected_record WHERE put_aside<$before").With("$before", before.ToUnixTimeMilliseconds()).ExecuteNonQuery(),
        cancellationToken);
}
