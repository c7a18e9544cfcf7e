using Glue.Foundation.Hosting;
using Glue.Foundation.Sqlite;
using Microsoft.Data.Sqlite;

namespace Glue.StorageEvents.EventLog;

/// <summary>
/// Reads the log in offset order. Nothing appears behind its back: one writer gives offsets in the order of its commits, and a
/// reader sees whole commits.
/// </summary>
internal sealed class SqliteEventLogConsumer : IEventLogConsumer
{
    private readonly SqliteDatabase _database;
    private readonly string _name;
    private readonly Signal _appended;
    private readonly TimeSpan _safetyPoll;
    private readonly TimeProvider _time;
    private long _position;

    public SqliteEventLogConsumer(SqliteDatabase database, string name, Signal appended, TimeSpan safetyPoll, TimeProvider time)
    {
        _database = database;
        _name = name;
        _appended = appended;
        _safetyPoll = safetyPoll;
        _time = time;
        _position = database.Read(Committed);
    }

    public async Task<IReadOnlyList<EventLogRecord>> ReadAsync(int maxRecords, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var next = _appended.Next;
            var batch = _database.Read(connection => SqliteRecords.Read(connection, _position + 1, long.MaxValue, maxRecords));
            if (batch.Count > 0)
            {
                _position = batch[^1].Offset;
                return batch;
            }

            // The time limit is the safety poll: it finds what another process appended to the same file. Running out is no error.
            await next.WaitAsync(_safetyPoll, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task CommitAsync(IReadOnlyList<EventLogRecord> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0)
        {
            return Task.CompletedTask;
        }

        var offset = batch[^1].Offset;
        return _database.WriteAsync(
            write =>
            {
                write.Prepared(
                    "INSERT INTO event_log_consumer(name,committed) VALUES($name,$offset) ON CONFLICT DO UPDATE SET committed=max(committed,$offset)")
                    .With("$name", _name).With("$offset", offset).ExecuteNonQuery();
            },
            cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask; // connections belong to the database

    private long Committed(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT committed FROM event_log_consumer WHERE name=$name";
        command.Parameters.AddWithValue("$name", _name);
        return command.ExecuteScalar() as long? ?? 0;
    }
}
