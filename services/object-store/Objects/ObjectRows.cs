using Glue.Foundation.Sqlite;
using Glue.ObjectStore.Buckets;
using Microsoft.Data.Sqlite;

namespace Glue.ObjectStore.Objects;

/// <summary>
/// The rows of versions: <c>object</c> holds what a key shows now, <c>old_version</c> what it showed before, and all delete markers.
/// Listings and reads of current objects so never meet old versions, however many there are.
/// </summary>
internal static class ObjectRows
{
    private const string Columns = "sequence, is_null, size, etag, modified, checksum, tags, headers, body";
    private const string OfKey = "bucket_id=$bucket AND key=$key";

    private const string FindCurrentSql = $"SELECT {Columns}, 0 FROM object WHERE {OfKey}";
    private const string FindLatestOldSql = $"SELECT {Columns}, is_marker FROM old_version WHERE {OfKey} ORDER BY sequence DESC LIMIT 1";

    private const string FindSequenceSql =
        $"{FindCurrentSql} AND sequence=$sequence AND is_null=0 UNION ALL SELECT {Columns}, is_marker FROM old_version WHERE {OfKey} AND sequence=$sequence AND is_null=0";

    private const string FindNullSql =
        $"{FindCurrentSql} AND is_null=1 UNION ALL SELECT {Columns}, is_marker FROM old_version WHERE {OfKey} AND is_null=1";

    /// <param name="connection">Reads the last commit.</param>
    /// <param name="bucket">Where.</param>
    /// <param name="key">UTF-8.</param>
    /// <param name="version">Null: the current one.</param>
    /// <returns>Null: there is none. A named version may be a delete marker.</returns>
    public static StoredObject? Find(SqliteConnection connection, Bucket bucket, byte[] key, VersionId? version)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Sql(version);
        return ReadOne(Bind(command, bucket, key, version));
    }

    /// <summary>As the open transaction sees it.</summary>
    public static StoredObject? Find(SqliteWrite write, Bucket bucket, byte[] key, VersionId? version) =>
        ReadOne(Bind(write.Prepared(Sql(version)), bucket, key, version));

    /// <summary>The newest version that is not in <c>object</c>: of a key without a current object its delete marker.</summary>
    public static StoredObject? FindLatestOld(SqliteConnection connection, Bucket bucket, byte[] key)
    {
        using var command = connection.CreateCommand();
        command.CommandText = FindLatestOldSql;
        return ReadOne(Bind(command, bucket, key, null));
    }

    public static StoredObject? FindLatestOld(SqliteWrite write, Bucket bucket, byte[] key) => ReadOne(Bind(write.Prepared(FindLatestOldSql), bucket, key, null));

    /// <summary>Makes it the current object.</summary>
    public static void PutCurrent(SqliteWrite write, Bucket bucket, byte[] key, StoredObject stored) => BindAll(
        write.Prepared(
            $"""
            INSERT INTO object(bucket_id, key, {Columns})
            VALUES($bucket, $key, $sequence, $is_null, $size, $etag, $modified, $checksum, $tags, $headers, $body)
            ON CONFLICT DO UPDATE SET
                sequence=$sequence, is_null=$is_null, size=$size, etag=$etag, modified=$modified, checksum=$checksum, tags=$tags, headers=$headers, body=$body
            """),
        bucket, key, stored).ExecuteNonQuery();

    /// <param name="write">The open transaction.</param>
    /// <param name="bucket">Where.</param>
    /// <param name="key">UTF-8.</param>
    /// <param name="stored">What.</param>
    /// <param name="replaced">When a later version came; null for a delete marker that is now the latest.</param>
    public static void AddOld(SqliteWrite write, Bucket bucket, byte[] key, StoredObject stored, DateTimeOffset? replaced) => BindAll(
        write.Prepared(
            $"""
            INSERT INTO old_version(bucket_id, key, {Columns}, is_marker, replaced)
            VALUES($bucket, $key, $sequence, $is_null, $size, $etag, $modified, $checksum, $tags, $headers, $body, $is_marker, $replaced)
            """),
        bucket, key, stored).With("$is_marker", stored.IsDeleteMarker).With("$replaced", replaced?.ToUnixTimeMilliseconds()).ExecuteNonQuery();

    public static void RemoveCurrent(SqliteWrite write, Bucket bucket, byte[] key) =>
        Bind(write.Prepared($"DELETE FROM object WHERE {OfKey}"), bucket, key, null).ExecuteNonQuery();

    public static void RemoveOld(SqliteWrite write, Bucket bucket, byte[] key, long sequence) =>
        Bind(write.Prepared($"DELETE FROM old_version WHERE {OfKey} AND sequence=$sequence"), bucket, key, null).With("$sequence", sequence).ExecuteNonQuery();

    /// <summary>Says of an old version that a later one came (a time; the first counts), or that it is the latest again (null).</summary>
    public static void SetReplaced(SqliteWrite write, Bucket bucket, byte[] key, long sequence, DateTimeOffset? replaced) =>
        Bind(write.Prepared($"UPDATE old_version SET replaced=iif($replaced IS NULL, NULL, coalesce(replaced, $replaced)) WHERE {OfKey} AND sequence=$sequence"), bucket, key, null)
            .With("$sequence", sequence).With("$replaced", replaced?.ToUnixTimeMilliseconds()).ExecuteNonQuery();

    public static void SetTags(SqliteWrite write, Bucket bucket, byte[] key, StoredObject stored, TagSet tags)
    {
        foreach (var table in (ReadOnlySpan<string>)["object", "old_version"])
        {
            Bind(write.Prepared($"UPDATE {table} SET tags=$tags WHERE {OfKey} AND sequence=$sequence"), bucket, key, null)
                .With("$sequence", stored.Sequence).With("$tags", tags.ToColumn()).ExecuteNonQuery();
        }
    }

    private static string Sql(VersionId? version) => version switch
    {
        null => FindCurrentSql,
        { IsNull: true } => FindNullSql,
        _ => FindSequenceSql,
    };

    private static SqliteCommand Bind(SqliteCommand command, Bucket bucket, byte[] key, VersionId? version)
    {
        command.With("$bucket", bucket.Id).With("$key", key);
        return version is null or { IsNull: true } ? command : command.With("$sequence", version.Sequence);
    }

    private static SqliteCommand BindAll(SqliteCommand command, Bucket bucket, byte[] key, StoredObject stored) => command
        .With("$bucket", bucket.Id).With("$key", key).With("$sequence", stored.Sequence).With("$is_null", stored.Version.IsNull)
        .With("$size", stored.Size).With("$etag", stored.ETag).With("$modified", stored.ModifiedAt.ToUnixTimeMilliseconds())
        .With("$checksum", StoredChecksum.ToColumn(stored.Checksum)).With("$tags", stored.Tags.ToColumn())
        .With("$headers", stored.Headers.ToString()).With("$body", stored.Body.ToString());

    private static StoredObject? ReadOne(SqliteCommand command)
    {
        using var reader = command.ExecuteReader();
        return reader.Read() ? Read(reader) : null;
    }

    private static StoredObject Read(SqliteDataReader reader) => new()
    {
        Sequence = reader.GetInt64(0),
        Version = reader.GetBoolean(1) ? VersionId.Null : VersionId.Of(reader.GetInt64(0)),
        Size = reader.GetInt64(2),
        ETag = reader.GetString(3),
        ModifiedAt = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4)),
        Checksum = StoredChecksum.FromColumn(reader.IsDBNull(5) ? null : reader.GetString(5)),
        Tags = TagSet.FromColumn(reader.IsDBNull(6) ? null : reader.GetString(6)),
        Headers = ObjectHeaders.Parse(reader.GetString(7)),
        Body = ObjectBody.Parse(reader.GetString(8)),
        IsDeleteMarker = reader.GetBoolean(9),
    };
}
