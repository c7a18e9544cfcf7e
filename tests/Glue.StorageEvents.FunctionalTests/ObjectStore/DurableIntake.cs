using Glue.Contracts.Invocations;
using Glue.Foundation.Sqlite;
using Glue.StorageEvents.Intake;

namespace Glue.StorageEvents.FunctionalTests.ObjectStore;

/// <summary>A stand-in for the invocation queue that survives a killed process and counts how often each invocation was offered.</summary>
internal sealed class DurableIntake : IInvocationIntake, IAsyncDisposable
{
    private readonly SqliteDatabase _database;

    public DurableIntake(string folder)
    {
        _database = SqliteDatabase.Open(Path.Combine(folder, "queue.db"));
        _database.Migrate("queue", "CREATE TABLE offered(id TEXT PRIMARY KEY, key TEXT NOT NULL, times INTEGER NOT NULL) WITHOUT ROWID");
    }

    public Task<int> EnqueueAsync(IReadOnlyList<Invocation> batch, CancellationToken cancellationToken) => _database.WriteAsync(
        write =>
        {
            foreach (var invocation in batch)
            {
                write.Prepared("INSERT INTO offered VALUES($id,$key,1) ON CONFLICT DO UPDATE SET times=times+1")
                    .With("$id", invocation.Id).With("$key", invocation.Source.ObjectKey).ExecuteNonQuery();
            }

            return batch.Count;
        },
        cancellationToken);

    public IReadOnlyList<(string Key, long Times)> Offered() => _database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT key,times FROM offered ORDER BY key";
        using var reader = command.ExecuteReader();
        var rows = new List<(string, long)>();
        while (reader.Read())
        {
            rows.Add((reader.GetString(0), reader.GetInt64(1)));
        }

        return rows;
    });

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
