using Glue.Foundation.Sqlite;

namespace Glue.AttachedStores.Notifications;

/// <summary>Where in a store Glue has set something, noted before it is set: whatever happens afterwards, it is known where to take it away.</summary>
internal sealed class NotifiedBuckets
{
    /// <summary>Stands for the store's topics, in the place of a bucket's name.</summary>
    public const string Topics = "";

    private readonly SqliteDatabase _database;

    public NotifiedBuckets(SqliteDatabase database)
    {
        _database = database;
        database.Migrate("attached-stores.notified", "CREATE TABLE store_notified_bucket(store TEXT NOT NULL, bucket TEXT NOT NULL, PRIMARY KEY(store, bucket)) WITHOUT ROWID");
    }

    /// <summary>Buckets, and <see cref="Topics"/> before them.</summary>
    public IReadOnlyList<string> Of(string store) => _database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT bucket FROM store_notified_bucket WHERE store=$store ORDER BY bucket";
        command.Parameters.AddWithValue("$store", store);
        using var row = command.ExecuteReader();
        var found = new List<string>();
        while (row.Read())
        {
            found.Add(row.GetString(0));
        }

        return found;
    });

    public Task AddAsync(string store, string bucket) => _database.WriteAsync(write =>
    {
        write.Prepared("INSERT OR IGNORE INTO store_notified_bucket VALUES($store, $bucket)").With("$store", store).With("$bucket", bucket).ExecuteNonQuery();
    });

    /// <param name="store">Which.</param>
    /// <param name="bucket">Null: all of the store's.</param>
    public Task RemoveAsync(string store, string? bucket) => _database.WriteAsync(write =>
    {
        write.Prepared("DELETE FROM store_notified_bucket WHERE store=$store AND ($bucket IS NULL OR bucket=$bucket)").With("$store", store).With("$bucket", bucket).ExecuteNonQuery();
    });
}
