using Glue.Foundation.Sqlite;
using Glue.ObjectStore.Bodies;
using Glue.ObjectStore.Objects;

namespace Glue.ObjectStore.Scrub;

/// <summary>One stored body, whoever names it.</summary>
/// <param name="Bucket">Name.</param>
/// <param name="Key">Of the object, or of the upload a part is of.</param>
/// <param name="VersionId">Of an object; null for a part.</param>
/// <param name="Part">Upload id and part number; null for an object.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ETag">MD5 of the bytes, or of the parts' digests; of a part its digest.</param>
/// <param name="Checksum">The additional one.</param>
/// <param name="Body">The blobs.</param>
internal sealed record StoredBodyRow(
    string Bucket, string Key, string? VersionId, string? Part, long Size, string ETag, Checksum? Checksum, ObjectBody Body);

/// <summary>Walks all bodies of an account's buckets, or of all: current objects, old versions, parts.</summary>
internal sealed class StoredBodies(SqliteDatabase database)
{
    private const int PageRows = 256;

    private const string Scope = "(SELECT id FROM bucket WHERE $account IS NULL OR account=$account)";

    private static readonly string[] Pages =
    [
        $"""
        SELECT bucket_id, key, sequence, (SELECT name FROM bucket WHERE id=bucket_id), is_null, size, etag, checksum, body, NULL FROM object
        WHERE (bucket_id, key)>($a, $b) AND bucket_id IN {Scope} ORDER BY bucket_id, key LIMIT {PageRows}
        """,
        $"""
        SELECT bucket_id, key, -sequence, (SELECT name FROM bucket WHERE id=bucket_id), is_null, size, etag, checksum, body, NULL FROM old_version
        WHERE is_marker=0 AND (bucket_id, key, -sequence)>($a, $b, $c) AND bucket_id IN {Scope} ORDER BY bucket_id, key, sequence DESC LIMIT {PageRows}
        """,
        $"""
        SELECT part.upload_id, upload.key, part.number, bucket.name, 1, part.size, part.etag, part.checksum, part.blob || ':' || part.size, part.upload_id || ' ' || part.number
        FROM part JOIN upload ON upload.id=part.upload_id JOIN bucket ON bucket.id=upload.bucket_id
        WHERE (part.upload_id, part.number)>($a, $c) AND bucket.id IN {Scope} ORDER BY part.upload_id, part.number LIMIT {PageRows}
        """,
    ];

    /// <param name="account">Null: all.</param>
    public (long Count, long Bytes) Total(string? account) => database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            $"""
            SELECT count(*), coalesce(sum(size), 0) FROM (
                SELECT size FROM object WHERE bucket_id IN {Scope}
                UNION ALL SELECT size FROM old_version WHERE is_marker=0 AND bucket_id IN {Scope}
                UNION ALL SELECT part.size FROM part JOIN upload ON upload.id=part.upload_id WHERE upload.bucket_id IN {Scope})
            """;
        command.With("$account", account);
        using var reader = command.ExecuteReader();
        reader.Read();
        return (reader.GetInt64(0), reader.GetInt64(1));
    });

    /// <param name="account">Null: all.</param>
    public IEnumerable<StoredBodyRow> Walk(string? account)
    {
        foreach (var sql in Pages)
        {
            (object A, object B, object C) after = sql == Pages[2] ? ("", 0, 0) : (-1L, Array.Empty<byte>(), 0);
            while (Page(sql, account, ref after) is { Count: > 0 } page)
            {
                foreach (var row in page)
                {
                    yield return row;
                }
            }
        }
    }

    /// <summary>Whether anything still names a blob: a body that was deleted while it was verified is not damaged.</summary>
    public bool IsNamed(string blob) => database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT 1 FROM blob WHERE id=$id";
        return command.With("$id", blob).ExecuteScalar() is not null;
    });

    private List<StoredBodyRow> Page(string sql, string? account, ref (object A, object B, object C) after)
    {
        var position = after;
        var page = database.Read(connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.With("$account", account).With("$a", position.A).With("$b", position.B).With("$c", position.C);
            using var reader = command.ExecuteReader();
            var rows = new List<StoredBodyRow>();
            while (reader.Read())
            {
                position = (reader.GetValue(0), reader.GetValue(1), reader.GetValue(2));
                var part = reader.IsDBNull(9) ? null : reader.GetString(9);
                var version = reader.GetBoolean(4) ? VersionId.Null : VersionId.Of(Math.Abs(reader.GetInt64(2)));
                rows.Add(new StoredBodyRow(
                    reader.GetString(3), ObjectKey.FromBytes((byte[])reader.GetValue(1)), part is null ? version.Text : null, part, reader.GetInt64(5),
                    reader.GetString(6), StoredChecksum.FromColumn(reader.IsDBNull(7) ? null : reader.GetString(7)), ObjectBody.Parse(reader.GetString(8))));
            }

            return rows;
        });
        after = position;
        return page;
    }
}
