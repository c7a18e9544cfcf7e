using System.Collections.Concurrent;
using Dapper;
using Glue.Foundation.Sqlite;
using Glue.ObjectStore.Http;
using Glue.ObjectStore.Objects;

namespace Glue.ObjectStore.Buckets;

/// <summary>
/// All buckets, in the database and, because every request needs one and there are few, in memory. This process is the
/// database's only writer, so the two agree: memory follows each commit.
/// </summary>
internal sealed class BucketCatalog
{
    private readonly SqliteDatabase _database;
    private readonly ConcurrentDictionary<string, Bucket> _buckets;

    public BucketCatalog(SqliteDatabase database)
    {
        _database = database;
        var stored = database.Read(static connection =>
            connection.Query<(long Id, string Name, string Account, long Created)>("SELECT id, name, account, created FROM bucket").AsList());
        _buckets = new(
            stored.Select(static row => KeyValuePair.Create(
                row.Name, new Bucket(row.Id, row.Name, row.Account, DateTimeOffset.FromUnixTimeMilliseconds(row.Created)))),
            StringComparer.Ordinal);
    }

    public Bucket? Find(string name) => _buckets.GetValueOrDefault(name);

    /// <summary>By name.</summary>
    public IReadOnlyList<Bucket> Of(string accountId) =>
        [.. _buckets.Values.Where(bucket => bucket.AccountId == accountId).OrderBy(static bucket => bucket.Name, StringComparer.Ordinal)];

    /// <exception cref="S3Exception">BucketAlreadyExists, BucketAlreadyOwnedByYou.</exception>
    public async Task<Bucket> CreateAsync(string name, string accountId, DateTimeOffset now)
    {
        var bucket = await _database.WriteAsync(write =>
        {
            if (write.Prepared("SELECT account FROM bucket WHERE name=$name").With("$name", name).ExecuteScalar() is string owner)
            {
                throw new S3Exception(owner == accountId ? S3Error.BucketAlreadyOwnedByYou : S3Error.BucketAlreadyExists);
            }

            var id = (long)write.Prepared("INSERT INTO bucket(name, account, created) VALUES($name, $account, $created) RETURNING id")
                .With("$name", name).With("$account", accountId).With("$created", now.ToUnixTimeMilliseconds()).ExecuteScalar()!;
            return new Bucket(id, name, accountId, now);
        });
        _buckets[name] = bucket;
        return bucket;
    }

    /// <summary>Deletes an empty bucket, and its unfinished uploads with it.</summary>
    /// <returns>Blobs nothing names any more.</returns>
    /// <exception cref="S3Exception">BucketNotEmpty, NoSuchBucket.</exception>
    public async Task<List<string>> DeleteAsync(Bucket bucket)
    {
        var freed = await _database.WriteAsync(write =>
        {
            if (write.Prepared("SELECT 1 FROM object WHERE bucket_id=$bucket LIMIT 1").With("$bucket", bucket.Id).ExecuteScalar() is not null)
            {
                throw new S3Exception(S3Error.BucketNotEmpty);
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
            write.Prepared("DELETE FROM part WHERE upload_id IN (SELECT id FROM upload WHERE bucket_id=$bucket)").With("$bucket", bucket.Id).ExecuteNonQuery();
            write.Prepared("DELETE FROM upload WHERE bucket_id=$bucket").With("$bucket", bucket.Id).ExecuteNonQuery();
            return write.Prepared("DELETE FROM bucket WHERE id=$bucket").With("$bucket", bucket.Id).ExecuteNonQuery() == 1
                ? freed
                : throw new S3Exception(S3Error.NoSuchBucket);
        });
        _buckets.TryRemove(KeyValuePair.Create(bucket.Name, bucket));
        return freed;
    }
}
