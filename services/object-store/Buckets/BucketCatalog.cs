using System.Collections.Concurrent;
using Dapper;
using Glue.Foundation.Sqlite;
using Glue.ObjectStore.Http;
using Glue.ObjectStore.Objects;

namespace Glue.ObjectStore.Buckets;

/// <summary>
/// All buckets with their settings, in the database and, because every request needs one and there are few, in memory. This process
/// is the database's only writer, so the two agree: memory follows each commit, on the writer's thread.
/// </summary>
internal sealed class BucketCatalog : IBucketOwners
{
    private readonly SqliteDatabase _database;
    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    public BucketCatalog(SqliteDatabase database)
    {
        _database = database;
        database.Read(connection =>
        {
            var documents = connection.Query<(long Bucket, string Name, string Document)>("SELECT bucket_id, name, document FROM bucket_setting")
                .ToLookup(static row => row.Bucket);
            foreach (var row in connection.Query<(long Id, string Name, string Account, long Created, string? Versioning, long? Quota)>(
                "SELECT id, name, account, created, versioning, quota FROM bucket"))
            {
                var settings = BucketSettings.None.With(BucketSettings.ParseVersioning(row.Versioning)).WithQuota(row.Quota);
                settings = documents[row.Id].Aggregate(settings, static (all, next) => all.With(next.Name, next.Document));
                _buckets[row.Name] = new Bucket(row.Id, row.Name, row.Account, DateTimeOffset.FromUnixTimeMilliseconds(row.Created), settings);
            }

            return true;
        });
    }

    public IEnumerable<Bucket> All => _buckets.Values;

    public Bucket? Find(string name) => _buckets.GetValueOrDefault(name);

    /// <summary>By name.</summary>
    public IReadOnlyList<Bucket> Of(string accountId) =>
        [.. _buckets.Values.Where(bucket => bucket.AccountId == accountId).OrderBy(static bucket => bucket.Name, StringComparer.Ordinal)];

    IReadOnlyList<string> IBucketOwners.NamesOf(string accountId) => [.. Of(accountId).Select(static bucket => bucket.Name)];

    /// <exception cref="S3Exception">BucketAlreadyExists, BucketAlreadyOwnedByYou.</exception>
    public Task<Bucket> CreateAsync(string name, string accountId, DateTimeOffset now) => _database.WriteAsync(write =>
    {
        if (write.Prepared("SELECT account FROM bucket WHERE name=$name").With("$name", name).ExecuteScalar() is string owner)
        {
            throw new S3Exception(owner == accountId ? S3Error.BucketAlreadyOwnedByYou : S3Error.BucketAlreadyExists);
        }

        var id = (long)write.Prepared("INSERT INTO bucket(name, account, created) VALUES($name, $account, $created) RETURNING id")
            .With("$name", name).With("$account", accountId).With("$created", now.ToUnixTimeMilliseconds()).ExecuteScalar()!;
        var bucket = new Bucket(id, name, accountId, now, BucketSettings.None);
        write.WhenCommitted(() => _buckets[name] = bucket);
        return bucket;
    });

    /// <exception cref="S3Exception">NoSuchBucket.</exception>
    public Task SetVersioningAsync(Bucket bucket, Versioning versioning) => ChangeAsync(
        bucket,
        write => write.Prepared("UPDATE bucket SET versioning=$versioning WHERE id=$bucket")
            .With("$versioning", versioning.ToString()).With("$bucket", bucket.Id).ExecuteNonQuery(),
        settings => settings.With(versioning));

    /// <exception cref="S3Exception">NoSuchBucket.</exception>
    public Task SetQuotaAsync(Bucket bucket, long? bytes) => ChangeAsync(
        bucket,
        write => write.Prepared("UPDATE bucket SET quota=$quota WHERE id=$bucket").With("$quota", bytes).With("$bucket", bucket.Id).ExecuteNonQuery(),
        settings => settings.WithQuota(bytes));

    /// <param name="bucket">Which.</param>
    /// <param name="name">Of the subresource.</param>
    /// <param name="document">Already checked; null removes it.</param>
    /// <exception cref="S3Exception">NoSuchBucket.</exception>
    public Task SetAsync(Bucket bucket, string name, string? document) => ChangeAsync(
        bucket,
        write =>
        {
            write.Prepared("DELETE FROM bucket_setting WHERE bucket_id=$bucket AND name=$name")
                .With("$bucket", bucket.Id).With("$name", name).ExecuteNonQuery();
            if (document is not null)
            {
                write.Prepared("INSERT INTO bucket_setting(bucket_id, name, document) VALUES($bucket, $name, $document)")
                    .With("$bucket", bucket.Id).With("$name", name).With("$document", document).ExecuteNonQuery();
            }
        },
        settings => settings.With(name, document));

    /// <summary>Bytes of all its versions and parts, as the last commit left them.</summary>
    public long UsedBytes(Bucket bucket) => _database.Read(connection =>
        connection.ExecuteScalar<long>("SELECT bytes FROM bucket WHERE id=$id", new { id = bucket.Id }));

    /// <summary>Deletes an empty bucket, and its unfinished uploads with it.</summary>
    /// <returns>Blobs nothing names any more.</returns>
    /// <exception cref="S3Exception">BucketNotEmpty, NoSuchBucket.</exception>
    public Task<List<string>> DeleteAsync(Bucket bucket) => _database.WriteAsync(write =>
    {
        if (write.Prepared("SELECT 1 FROM object WHERE bucket_id=$bucket UNION ALL SELECT 1 FROM old_version WHERE bucket_id=$bucket LIMIT 1")
            .With("$bucket", bucket.Id).ExecuteScalar() is not null)
        {
            throw new S3Exception(S3Error.BucketNotEmpty, bucket.HasVersions ? "The bucket you tried to delete is not empty. You must delete all versions in the bucket." : null);
        }

        var freed = new List<string>();
        using (var reader = write.Prepared("SELECT part.blob FROM part JOIN upload ON upload.id=part.upload_id WHERE upload.bucket_id=$bucket")
            .With("$bucket", bucket.Id).ExecuteReader())
        {
            while (reader.Read())
            {
                freed.Add(reader.GetString(0));
            }
        }

        BlobReferences.Release(write, freed);
        foreach (var statement in (ReadOnlySpan<string>)[
            "DELETE FROM part WHERE upload_id IN (SELECT id FROM upload WHERE bucket_id=$bucket)",
            "DELETE FROM upload WHERE bucket_id=$bucket",
            "DELETE FROM bucket_setting WHERE bucket_id=$bucket"])
        {
            write.Prepared(statement).With("$bucket", bucket.Id).ExecuteNonQuery();
        }

        if (write.Prepared("DELETE FROM bucket WHERE id=$bucket").With("$bucket", bucket.Id).ExecuteNonQuery() == 0)
        {
            throw new S3Exception(S3Error.NoSuchBucket);
        }

        write.WhenCommitted(() => _buckets.TryRemove(bucket.Name, out _));
        return freed;
    });

    private Task ChangeAsync(Bucket bucket, Action<SqliteWrite> change, Func<BucketSettings, BucketSettings> inMemory) => _database.WriteAsync(write =>
    {
        BucketState.Read(write, bucket);
        change(write);
        write.WhenCommitted(() =>
        {
            // A deletion later in the same group has not run its own action yet: the bucket is still there.
            var current = _buckets[bucket.Name];
            _buckets[bucket.Name] = current with { Settings = inMemory(current.Settings) };
        });
    });
}
