using System.Text;
using Glue.Foundation.Checksums;
using Glue.Foundation.Sqlite;
using Glue.ObjectStore.Bodies;
using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Files;
using Glue.ObjectStore.Http;
using Glue.ObjectStore.Objects;
using Microsoft.Data.Sqlite;

namespace Glue.ObjectStore.Multipart;

/// <summary>The metadata of unfinished uploads and their parts.</summary>
internal sealed class UploadCatalog(SqliteDatabase database)
{
    private const string UploadColumns = "id, key, initiated, headers, checksum_algorithm, checksum_type, tags";
    private const string FindUpload = $"SELECT {UploadColumns} FROM upload WHERE id=$id AND bucket_id=$bucket AND key=$key";
    private const string FindParts = "SELECT number, size, etag, modified, checksum, blob FROM part WHERE upload_id=$upload ORDER BY number";

    public Task AddAsync(Bucket bucket, Upload upload)
    {
        var key = ObjectKey.ToBytes(upload.Key);
        return database.WriteAsync(write =>
        {
            BucketState.Read(write, bucket);
            write.Prepared(
                """
                INSERT INTO upload(id, bucket_id, key, initiated, headers, checksum_algorithm, checksum_type, tags)
                VALUES($id, $bucket, $key, $initiated, $headers, $algorithm, $type, $tags)
                """)
                .With("$id", upload.Id).With("$bucket", bucket.Id).With("$key", key).With("$initiated", upload.InitiatedAt.ToUnixTimeMilliseconds())
                .With("$headers", upload.Headers.ToString()).With("$algorithm", upload.ChecksumAlgorithm?.Name()).With("$type", upload.ChecksumType)
                .With("$tags", upload.Tags.ToColumn()).ExecuteNonQuery();
        });
    }

    /// <exception cref="S3Exception">NoSuchUpload.</exception>
    public Upload Get(Bucket bucket, string key, string id) => database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = FindUpload;
        return Get(command, bucket, key, id);
    });

    /// <exception cref="S3Exception">NoSuchUpload.</exception>
    public static Upload Get(SqliteWrite write, Bucket bucket, string key, string id) => Get(write.Prepared(FindUpload), bucket, key, id);

    public List<UploadedPart> Parts(string id) => database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = FindParts;
        return Parts(command, id);
    });

    public static List<UploadedPart> Parts(SqliteWrite write, string id) => Parts(write.Prepared(FindParts), id);

    /// <summary>By key, then id.</summary>
    public List<Upload> List(Bucket bucket, string prefix) => database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {UploadColumns} FROM upload WHERE bucket_id=$bucket AND key>=$prefix ORDER BY key, id";
        command.With("$bucket", bucket.Id).With("$prefix", Encoding.UTF8.GetBytes(prefix));
        using var reader = command.ExecuteReader();
        var uploads = new List<Upload>();
        while (reader.Read() && ReadUpload(reader) is var upload && upload.Key.StartsWith(prefix, StringComparison.Ordinal))
        {
            uploads.Add(upload);
        }

        return uploads;
    });

    /// <summary>Adds a part, or replaces the one of the same number.</summary>
    /// <returns>Blobs nothing names any more.</returns>
    /// <exception cref="S3Exception">NoSuchUpload: it was completed or aborted while the part came in; QuotaExceeded.</exception>
    public Task<List<string>> PutPartAsync(Bucket bucket, string key, string id, UploadedPart part, BlobWriter blob) => database.WriteAsync(write =>
    {
        Get(write, bucket, key, id);
        var replaced = new FreedBodies();
        if (FindPart(write, id, part.Number) is var (replacedBlob, replacedSize))
        {
            replaced.Take(write, [replacedBlob], replacedSize);
        }

        BucketState.Read(write, bucket).Charge(write, bucket, part.Size - replaced.Bytes);
        blob.Add(write);
        write.Prepared(
            """
            INSERT INTO part(upload_id, number, size, etag, modified, checksum, blob)
            VALUES($upload, $number, $size, $etag, $modified, $checksum, $blob)
            ON CONFLICT DO UPDATE SET size=$size, etag=$etag, modified=$modified, checksum=$checksum, blob=$blob
            """)
            .With("$upload", id).With("$number", part.Number).With("$size", part.Size).With("$etag", part.ETag)
            .With("$modified", part.ModifiedAt.ToUnixTimeMilliseconds()).With("$checksum", StoredChecksum.ToColumn(part.Checksum))
            .With("$blob", part.Blob).ExecuteNonQuery();
        return replaced.Blobs;
    });

    /// <returns>Blobs nothing names any more.</returns>
    /// <exception cref="S3Exception">NoSuchUpload.</exception>
    public Task<List<string>> AbortAsync(Bucket bucket, string key, string id) => database.WriteAsync(write =>
    {
        Get(write, bucket, key, id);
        var parts = Parts(write, id);
        var freed = new FreedBodies();
        freed.Take(write, parts.Select(static part => part.Blob), parts.Sum(static part => part.Size));
        BucketState.Read(write, bucket).Charge(write, bucket, -freed.Bytes);
        Remove(write, id);
        return freed.Blobs;
    });

    /// <summary>Forgets an upload and its parts; what becomes of their blobs is the caller's matter.</summary>
    public static void Remove(SqliteWrite write, string id)
    {
        write.Prepared("DELETE FROM part WHERE upload_id=$upload").With("$upload", id).ExecuteNonQuery();
        write.Prepared("DELETE FROM upload WHERE id=$upload").With("$upload", id).ExecuteNonQuery();
    }

    private static (string Blob, long Size)? FindPart(SqliteWrite write, string id, int number)
    {
        using var reader = write.Prepared("SELECT blob, size FROM part WHERE upload_id=$upload AND number=$number")
            .With("$upload", id).With("$number", number).ExecuteReader();
        return reader.Read() ? (reader.GetString(0), reader.GetInt64(1)) : null;
    }

    private static Upload Get(SqliteCommand command, Bucket bucket, string key, string id)
    {
        command.With("$id", id).With("$bucket", bucket.Id).With("$key", ObjectKey.ToBytes(key));
        using var reader = command.ExecuteReader();
        return reader.Read() ? ReadUpload(reader) : throw new S3Exception(S3Error.NoSuchUpload) { Details = [("UploadId", id)] };
    }

    private static Upload ReadUpload(SqliteDataReader reader) => new(
        reader.GetString(0), ObjectKey.FromBytes((byte[])reader.GetValue(1)), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2)),
        ObjectHeaders.Parse(reader.GetString(3)), TagSet.FromColumn(reader.IsDBNull(6) ? null : reader.GetString(6)), ChecksumAlgorithms.FromName(reader.IsDBNull(4) ? null : reader.GetString(4)),
        !reader.IsDBNull(5) && reader.GetString(5) == "FULL_OBJECT");

    private static List<UploadedPart> Parts(SqliteCommand command, string id)
    {
        command.With("$upload", id);
        using var reader = command.ExecuteReader();
        var parts = new List<UploadedPart>();
        while (reader.Read())
        {
            parts.Add(new UploadedPart(
                reader.GetInt32(0), reader.GetInt64(1), reader.GetString(2), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3)),
                StoredChecksum.FromColumn(reader.IsDBNull(4) ? null : reader.GetString(4)), reader.GetString(5)));
        }

        return parts;
    }
}
