using System.Runtime.InteropServices;
using Glue.Foundation.Sqlite;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Buckets;

/// <summary>What an open transaction must know of a bucket: read there, because the request may have begun under other settings.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BucketState(Versioning Versioning, long? QuotaBytes, long UsedBytes)
{
    /// <exception cref="S3Exception">NoSuchBucket: it was deleted while the body came in.</exception>
    public static BucketState Read(SqliteWrite write, Bucket bucket)
    {
        using var reader = write.Prepared("SELECT versioning, quota, bytes FROM bucket WHERE id=$bucket").With("$bucket", bucket.Id).ExecuteReader();
        return !reader.Read()
            ? throw new S3Exception(S3Error.NoSuchBucket) { Details = [("BucketName", bucket.Name)] }
            : new BucketState(
                BucketSettings.ParseVersioning(reader.IsDBNull(0) ? null : reader.GetString(0)), reader.IsDBNull(1) ? null : reader.GetInt64(1), reader.GetInt64(2));
    }

    /// <summary>Counts bytes that come or go, in this transaction.</summary>
    /// <exception cref="S3Exception">QuotaExceeded: more would be there than the bucket may hold.</exception>
    public void Charge(SqliteWrite write, Bucket bucket, long bytes)
    {
        if (bytes == 0)
        {
            return;
        }

        if (bytes > 0 && UsedBytes + bytes > QuotaBytes)
        {
            throw BucketQuota.Exceeded(bucket, QuotaBytes.Value, UsedBytes, bytes);
        }

        write.Prepared("UPDATE bucket SET bytes=bytes+$bytes WHERE id=$bucket").With("$bytes", bytes).With("$bucket", bucket.Id).ExecuteNonQuery();
    }
}
