using Glue.Contracts.Storage;
using Glue.Foundation.Sqlite;
using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Files;
using Glue.ObjectStore.Http;
using Microsoft.Data.Sqlite;

namespace Glue.ObjectStore.Objects;

/// <summary>
/// The metadata of objects, and the one way to change it: object, blob references and event in one transaction, then the
/// waking of the log's reader and the removal of what nobody names any more.
/// </summary>
internal sealed class ObjectCatalog(SqliteDatabase database, BlobFiles files, IObjectEventJournal journal)
{
    private const string Columns = "size, etag, modified, checksum, headers, body";

    public StoredObject? Find(Bucket bucket, string key)
    {
        var keyBytes = ObjectKey.ToBytes(key);
        return database.Read(connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT {Columns} FROM object WHERE bucket_id=$bucket AND key=$key";
            command.Parameters.AddWithValue("$bucket", bucket.Id);
            command.Parameters.AddWithValue("$key", keyBytes);
            return ReadOne(command);
        });
    }

    /// <summary>The object as the open transaction sees it.</summary>
    public static StoredObject? Find(SqliteWrite write, Bucket bucket, byte[] key) => ReadOne(
        write.Prepared($"SELECT {Columns} FROM object WHERE bucket_id=$bucket AND key=$key").With("$bucket", bucket.Id).With("$key", key));

    /// <summary>
    /// Puts what <paramref name="make"/> gives under a key, replacing what was there. Everything happens inside one transaction
    /// on the writer thread, <paramref name="make"/> included.
    /// </summary>
    /// <param name="bucket">Must still exist at commit.</param>
    /// <param name="key">Which.</param>
    /// <param name="conditions">On what is there.</param>
    /// <param name="origin">Who and why, for the event.</param>
    /// <param name="make">Gives the object; its blobs must be referenced already.</param>
    /// <exception cref="S3Exception">NoSuchBucket, or a condition that does not hold; nothing was changed.</exception>
    public async Task<StoredObject> PutAsync(
        Bucket bucket, string key, WriteConditions conditions, ChangeOrigin origin, Func<SqliteWrite, StoredObject> make)
    {
        var keyBytes = ObjectKey.ToBytes(key);
        var freed = new List<string>();
        var stored = await database.WriteAsync(write =>
        {
            CheckBucket(write, bucket);
            var current = Find(write, bucket, keyBytes);
            conditions.Check(current?.ETag);
            var made = make(write);
            write.Prepared(
                """
                INSERT INTO object(bucket_id, key, size, etag, modified, checksum, headers, body)
                VALUES($bucket, $key, $size, $etag, $modified, $checksum, $headers, $body)
                ON CONFLICT DO UPDATE SET size=$size, etag=$etag, modified=$modified, checksum=$checksum, headers=$headers, body=$body
                """)
                .With("$bucket", bucket.Id).With("$key", keyBytes).With("$size", made.Size).With("$etag", made.ETag)
                .With("$modified", made.ModifiedAt.ToUnixTimeMilliseconds()).With("$checksum", StoredChecksum.ToColumn(made.Checksum))
                .With("$headers", made.Headers.ToString()).With("$body", made.Body.ToString()).ExecuteNonQuery();
            if (current is not null)
            {
                freed.AddRange(current.Body.Blobs);
                BlobReferences.Release(write, freed);
            }

            journal.Record(write, origin.Describe(bucket, key, made, Sequencer.Next(write, made.ModifiedAt)));
            return made;
        });
        journal.Recorded();
        files.Delete(freed);
        return stored;
    }

    /// <summary>Deletes. An absent key is no error, as S3 has it, and no event.</summary>
    /// <exception cref="S3Exception">A condition that does not hold; nothing was changed.</exception>
    public async Task DeleteAsync(Bucket bucket, string key, WriteConditions conditions, ChangeOrigin origin)
    {
        var keyBytes = ObjectKey.ToBytes(key);
        var freed = new List<string>();
        var deleted = await database.WriteAsync(write =>
        {
            var current = Find(write, bucket, keyBytes);
            conditions.Check(current?.ETag);
            if (current is null)
            {
                return false;
            }

            write.Prepared("DELETE FROM object WHERE bucket_id=$bucket AND key=$key").With("$bucket", bucket.Id).With("$key", keyBytes).ExecuteNonQuery();
            freed.AddRange(current.Body.Blobs);
            BlobReferences.Release(write, freed);
            journal.Record(write, origin.Describe(bucket, key, stored: null, Sequencer.Next(write, origin.Time)));
            return true;
        });
        if (deleted)
        {
            journal.Recorded();
            files.Delete(freed);
        }
    }

    /// <exception cref="S3Exception">NoSuchBucket: it was deleted while the body came in.</exception>
    public static void CheckBucket(SqliteWrite write, Bucket bucket)
    {
        if (write.Prepared("SELECT 1 FROM bucket WHERE id=$bucket").With("$bucket", bucket.Id).ExecuteScalar() is null)
        {
            throw new S3Exception(S3Error.NoSuchBucket);
        }
    }

    private static StoredObject? ReadOne(SqliteCommand command)
    {
        using var reader = command.ExecuteReader();
        return !reader.Read() ? null : new StoredObject
        {
            Size = reader.GetInt64(0),
            ETag = reader.GetString(1),
            ModifiedAt = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2)),
            Checksum = StoredChecksum.FromColumn(reader.IsDBNull(3) ? null : reader.GetString(3)),
            Headers = ObjectHeaders.Parse(reader.GetString(4)),
            Body = ObjectBody.Parse(reader.GetString(5)),
        };
    }
}
