using System.Collections.Concurrent;
using Dapper;
using Glue.Foundation.Sqlite;

namespace Glue.ObjectStore.Files;

/// <summary>Blobs that a verification found damaged: never sent again, whatever a later read of them would give.</summary>
internal sealed class DamagedBlobs
{
    private readonly SqliteDatabase _database;
    private readonly ConcurrentDictionary<string, string> _found;

    public DamagedBlobs(SqliteDatabase database)
    {
        _database = database;
        _found = new(database.Read(static connection => connection.Query<(string Id, string What)>("SELECT id, what FROM damaged_blob"))
            .ToDictionary(static row => row.Id, static row => row.What, StringComparer.Ordinal), StringComparer.Ordinal);
    }

    /// <exception cref="BodyDamagedException">It is one of them.</exception>
    public void Check(string id)
    {
        if (!_found.IsEmpty && _found.TryGetValue(id, out var what))
        {
            throw new BodyDamagedException(id, what);
        }
    }

    public Task MarkAsync(string id, string what, DateTimeOffset now) => _database.WriteAsync(write =>
    {
        write.Prepared("INSERT INTO damaged_blob(id, found, what) VALUES($id, $found, $what) ON CONFLICT DO UPDATE SET found=$found, what=$what")
            .With("$id", id).With("$found", now.ToUnixTimeMilliseconds()).With("$what", what).ExecuteNonQuery();
        write.WhenCommitted(() => _found[id] = what);
    });

    /// <summary>Somebody repaired it, and a verification saw so; or nothing names it any more.</summary>
    public async Task ClearAsync(string id)
    {
        if (_found.ContainsKey(id))
        {
            await _database.WriteAsync(write =>
            {
                write.Prepared("DELETE FROM damaged_blob WHERE id=$id").With("$id", id).ExecuteNonQuery();
                write.WhenCommitted(() => _found.TryRemove(id, out _));
            });
        }
    }
}
