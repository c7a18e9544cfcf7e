using System.Text.Json;
using Glue.Foundation.Hosting;
using Glue.Foundation.Sqlite;

namespace Glue.AttachedStores.Polling;

/// <summary>
/// What polled buckets held when they were last listed, and how far their listings are. In a file of its own: it has a row per object of somebody else's
/// buckets, and may be deleted while Glue is stopped (the next listing is then the first).
/// </summary>
internal sealed class PollTable
{
    /// <summary>Rows that one transaction deletes or moves at most: others wait for it.</summary>
    private const int AtOnce = 1000;

    private readonly SqliteDatabase _database;
    private readonly Signal _dropped = new();

    public PollTable(SqliteDatabase database)
    {
        _database = database;
        database.Migrate(
            "polls",
            """
            CREATE TABLE poll_bucket(id INTEGER PRIMARY KEY AUTOINCREMENT, store TEXT NOT NULL, bucket TEXT NOT NULL, state TEXT NOT NULL, UNIQUE(store, bucket));
            CREATE TABLE poll_object(
              bucket INTEGER NOT NULL, by_folder INTEGER NOT NULL, place BLOB NOT NULL, etag TEXT NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL,
              gone INTEGER NOT NULL, PRIMARY KEY(bucket, by_folder, place)) WITHOUT ROWID;
            CREATE INDEX poll_object_gone ON poll_object(bucket, by_folder, place) WHERE gone=1;
            CREATE TABLE poll_owed(
              number INTEGER PRIMARY KEY AUTOINCREMENT, bucket INTEGER NOT NULL, name TEXT NOT NULL, time INTEGER NOT NULL, key TEXT NOT NULL, size INTEGER,
              etag TEXT, sequencer TEXT NOT NULL);
            CREATE INDEX poll_owed_bucket ON poll_owed(bucket, number);
            CREATE TABLE poll_dropped(bucket INTEGER PRIMARY KEY);
            """);
    }

    /// <summary>Completes when there is something for <see cref="CleanAsync"/>. Take it before cleaning, then nothing is missed in between.</summary>
    public Task NextDropped => _dropped.Next;

    public IReadOnlyList<PolledBucket> Of(string store) => _database.Query(statements =>
    {
        using var row = statements["SELECT id, bucket, state FROM poll_bucket WHERE store=? ORDER BY bucket"].With(store).Query();
        var found = new List<PolledBucket>();
        while (row.Read())
        {
            found.Add(JsonSerializer.Deserialize(row.Text(2), PolledBucketJson.Default.PolledBucket)! with { Id = row.Int64(0), Store = store, Bucket = row.Text(1) });
        }

        return found;
    });

    /// <returns>With its id.</returns>
    public Task<PolledBucket> AddAsync(PolledBucket bucket) => _database.WriteAsync(write =>
    {
        using var row = write.Statements["INSERT INTO poll_bucket(store, bucket, state) VALUES(?,?,?) RETURNING id"].With(bucket.Store).With(bucket.Bucket).With(Json(bucket)).Query();
        row.Read();
        return bucket with { Id = row.Int64(0) };
    });

    /// <summary>Forgets the bucket at once; its objects are deleted by <see cref="CleanAsync"/>.</summary>
    public Task RemoveAsync(PolledBucket bucket) => _database.WriteAsync(write =>
    {
        write.Statements["DELETE FROM poll_bucket WHERE id=?"].With(bucket.Id).Run();
        write.Statements["INSERT OR IGNORE INTO poll_dropped VALUES(?)"].With(bucket.Id).Run();
        write.WhenCommitted(_dropped.Set);
    });

    /// <summary>What is known of a stretch, ascending.</summary>
    /// <param name="bucket">Whose.</param>
    /// <param name="from">The first place.</param>
    /// <param name="to">The first place that is not meant any more.</param>
    /// <param name="most">Objects at once.</param>
    public IReadOnlyList<KnownObject> Known(PolledBucket bucket, byte[] from, byte[] to, int most) => _database.Query(statements =>
    {
        using var row = statements["SELECT place, etag, size, modified, gone FROM poll_object WHERE bucket=? AND by_folder=? AND place>=? AND place<? ORDER BY place LIMIT ?"]
            .With(bucket.Id).With(bucket.IsByFolder ? 1 : 0).With(from).With(to).With(most).Query();
        var found = new List<KnownObject>();
        while (row.Read())
        {
            found.Add(new KnownObject(row.Blob(0).ToArray(), row.Text(1), row.Int64(2), row.Int64(3), row.Int64(4) != 0));
        }

        return found;
    });

    /// <summary>Objects that the listing did not show.</summary>
    public IReadOnlyList<byte[]> Gone(PolledBucket bucket, int most) => _database.Query(statements =>
    {
        using var row = statements["SELECT place FROM poll_object WHERE bucket=? AND by_folder=? AND gone=1 ORDER BY place LIMIT ?"]
            .With(bucket.Id).With(bucket.IsByFolder ? 1 : 0).With(most).Query();
        var found = new List<byte[]>();
        while (row.Read())
        {
            found.Add(row.Blob(0).ToArray());
        }

        return found;
    });

    /// <summary>How far it is, what was found on the way there, and the events that it makes: all of it or nothing.</summary>
    public Task SaveAsync(PolledBucket bucket, PollDiff? diff, IReadOnlyList<OwedEvent> events) => _database.WriteAsync(write =>
    {
        SaveState(write, bucket);
        foreach (var (place, seen) in diff?.Seen ?? [])
        {
            write.Statements["INSERT OR REPLACE INTO poll_object VALUES(?,?,?,?,?,?,0)"]
                .With(bucket.Id).With(bucket.IsByFolder ? 1 : 0).With(place).With(seen.ETag).With(seen.Size).With(seen.ModifiedAt.UtcTicks).Run();
        }

        foreach (var place in diff?.Gone ?? [])
        {
            write.Statements["UPDATE poll_object SET gone=1 WHERE bucket=? AND by_folder=? AND place=?"].With(bucket.Id).With(bucket.IsByFolder ? 1 : 0).With(place).Run();
        }

        Owe(write, bucket, events);
    });

    /// <summary>Forgets objects that are gone, and owes the events of it.</summary>
    public Task SaveRemovedAsync(PolledBucket bucket, IReadOnlyList<byte[]> places, IReadOnlyList<OwedEvent> events) => _database.WriteAsync(write =>
    {
        SaveState(write, bucket);
        foreach (var place in places)
        {
            write.Statements["DELETE FROM poll_object WHERE bucket=? AND by_folder=? AND place=?"].With(bucket.Id).With(bucket.IsByFolder ? 1 : 0).With(place).Run();
        }

        Owe(write, bucket, events);
    });

    /// <summary>The oldest events that the event log does not have for certain.</summary>
    public IReadOnlyList<OwedEvent> Owed(PolledBucket bucket, int most) => _database.Query(statements =>
    {
        using var row = statements["SELECT number, name, time, key, size, etag, sequencer FROM poll_owed WHERE bucket=? ORDER BY number LIMIT ?"].With(bucket.Id).With(most).Query();
        var found = new List<OwedEvent>();
        while (row.Read())
        {
            found.Add(new OwedEvent(
                row.Int64(0), row.Text(1), new DateTimeOffset(row.Int64(2), TimeSpan.Zero), row.Text(3), row.IsNull(4) ? null : row.Int64(4), row.TextOrNull(5), row.Text(6)));
        }

        return found;
    });

    /// <summary>The event log has them, up to this number.</summary>
    public Task SettleAsync(PolledBucket bucket, long number) => _database.WriteAsync(write =>
    {
        write.Statements["DELETE FROM poll_owed WHERE bucket=? AND number<=?"].With(bucket.Id).With(number).Run();
    });

    /// <summary>Forgets some of the objects of a stretch, without events.</summary>
    /// <returns>False: there were none.</returns>
    public Task<bool> ForgetAsync(PolledBucket bucket, byte[] from, byte[] to) => _database.WriteAsync(write => write.Statements[
        """
        DELETE FROM poll_object WHERE bucket=?1 AND by_folder=?2 AND place IN (
          SELECT place FROM poll_object WHERE bucket=?1 AND by_folder=?2 AND place>=?3 AND place<?4 LIMIT ?5)
        """].With(bucket.Id).With(bucket.IsByFolder ? 1 : 0).With(from).With(to).With(AtOnce).Run() > 0);

    /// <summary>Moves some of the objects that stand where S3's order has them to where <see cref="KeyPlaces.IsByFolder"/> has them.</summary>
    /// <returns>False: there were none.</returns>
    public Task<bool> MoveAsync(PolledBucket bucket) => _database.WriteAsync(write =>
    {
        var moved = new List<byte[]>();
        using (var row = write.Statements["SELECT place FROM poll_object WHERE bucket=? AND by_folder=0 LIMIT ?"].With(bucket.Id).With(AtOnce).Query())
        {
            while (row.Read())
            {
                moved.Add(row.Blob(0).ToArray());
            }
        }

        foreach (var place in moved)
        {
            write.Statements["UPDATE poll_object SET by_folder=1, place=? WHERE bucket=? AND by_folder=0 AND place=?"]
                .With(new KeyPlaces(IsByFolder: true).Of(new KeyPlaces(IsByFolder: false).KeyAt(place))).With(bucket.Id).With(place).Run();
        }

        return moved.Count > 0;
    });

    /// <summary>Deletes what is left of forgotten buckets, a little at a time.</summary>
    public async Task CleanAsync(CancellationToken cancellationToken)
    {
        while (await _database.WriteAsync(CleanSome, cancellationToken))
        {
            // There is more.
        }
    }

    private static bool CleanSome(SqliteWrite write)
    {
        long dropped;
        using (var row = write.Statements["SELECT bucket FROM poll_dropped LIMIT 1"].Query())
        {
            if (!row.Read())
            {
                return false;
            }

            dropped = row.Int64(0);
        }

        var objects = write.Statements[
            """
            DELETE FROM poll_object WHERE bucket=?1 AND (by_folder, place) IN (SELECT by_folder, place FROM poll_object WHERE bucket=?1 LIMIT ?2)
            """].With(dropped).With(AtOnce).Run();
        var events = write.Statements["DELETE FROM poll_owed WHERE number IN (SELECT number FROM poll_owed WHERE bucket=? LIMIT ?)"].With(dropped).With(AtOnce).Run();
        if (objects + events == 0)
        {
            write.Statements["DELETE FROM poll_dropped WHERE bucket=?"].With(dropped).Run();
        }

        return true;
    }

    private static void SaveState(SqliteWrite write, PolledBucket bucket) =>
        write.Statements["UPDATE poll_bucket SET state=? WHERE id=?"].With(Json(bucket)).With(bucket.Id).Run();

    private static void Owe(SqliteWrite write, PolledBucket bucket, IReadOnlyList<OwedEvent> events)
    {
        foreach (var one in events)
        {
            write.Statements["INSERT INTO poll_owed(bucket, name, time, key, size, etag, sequencer) VALUES(?,?,?,?,?,?,?)"]
                .With(bucket.Id).With(one.Name).With(one.Time.UtcTicks).With(one.Key).With(one.Size).With(one.ETag).With(one.Sequencer).Run();
        }
    }

    private static string Json(PolledBucket bucket) => JsonSerializer.Serialize(bucket, PolledBucketJson.Default.PolledBucket);
}
