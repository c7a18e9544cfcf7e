using System.Text;
using Glue.Contracts.Storage;
using Glue.Foundation.Sqlite;
using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Http;
using Glue.ObjectStore.Objects;

namespace Glue.ObjectStore.Listing;

/// <summary>What buckets hold now, as the changes that made it: for who must compare it with what was heard of it. Asked by the host, not by clients.</summary>
public sealed class PresentObjects
{
    private const string Range = "FROM object WHERE bucket_id=$bucket AND key>=$from AND ($end IS NULL OR key<$end)";

    private readonly BucketCatalog _buckets;
    private readonly SqliteDatabase _database;

    internal PresentObjects(BucketCatalog buckets, SqliteDatabase database) => (_buckets, _database) = (buckets, database);

    /// <returns>0 where there is no such bucket.</returns>
    public long Count(string bucket, string prefix) => _buckets.Find(bucket) is not { } found ? 0 : _database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) {Range}";
        Bind(command, found, Encoding.UTF8.GetBytes(prefix), prefix);
        return (long)command.ExecuteScalar()!;
    });

    /// <summary>The objects behind a key, in the order of their UTF-8 bytes.</summary>
    /// <param name="bucket">Its name.</param>
    /// <param name="prefix">Only keys that begin so.</param>
    /// <param name="after">Exclusive; null: from the beginning.</param>
    /// <param name="maxKeys">From 1.</param>
    /// <returns>Fewer than asked for: there are no more. None where there is no such bucket.</returns>
    public IReadOnlyList<ObjectChange> Read(string bucket, string prefix, string? after, int maxKeys) => _buckets.Find(bucket) is not { } found ? [] : _database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT key, size, etag, modified, sequence, is_null {Range} ORDER BY key LIMIT $most";
        var first = Encoding.UTF8.GetBytes(prefix);
        Bind(command, found, after is null ? first : KeyOrder.Later(first, [.. Encoding.UTF8.GetBytes(after), 0]), prefix);
        command.Parameters.AddWithValue("$most", maxKeys);
        using var row = command.ExecuteReader();
        var objects = new List<ObjectChange>();
        while (row.Read())
        {
            objects.Add(Describe(
                found, ObjectKey.FromBytes((byte[])row.GetValue(0)), row.GetInt64(1), row.GetString(2), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3)),
                row.GetInt64(4), row.GetBoolean(5)));
        }

        return (IReadOnlyList<ObjectChange>)objects;
    });

    private static void Bind(Microsoft.Data.Sqlite.SqliteCommand command, Bucket bucket, byte[] from, string prefix)
    {
        command.Parameters.AddWithValue("$bucket", bucket.Id);
        command.Parameters.AddWithValue("$from", from);
        command.Parameters.AddWithValue("$end", prefix.Length == 0 ? (object)DBNull.Value : KeyOrder.Successor(Encoding.UTF8.GetBytes(prefix)));
    }

    /// <summary>Of uploads in parts the ETag tells; how else it was made nothing does.</summary>
    private static ObjectChange Describe(Bucket bucket, string key, long size, string eTag, DateTimeOffset modified, long sequence, bool isNull)
    {
        var name = eTag.Contains('-', StringComparison.Ordinal) ? "ObjectCreated:CompleteMultipartUpload" : "ObjectCreated:Put";
        var ids = RequestIds.New();
        return new ObjectChange
        {
            EventName = name, Time = modified, Bucket = bucket.Name, BucketOwner = bucket.AccountId, Key = key, Size = size, ETag = eTag,
            VersionId = isNull ? null : Sequencer.Format(sequence), Sequencer = Sequencer.Format(sequence), PrincipalId = bucket.AccountId,
            SourceIpAddress = "127.0.0.1", RequestId = ids.RequestId, HostId = ids.HostId,
        };
    }
}
