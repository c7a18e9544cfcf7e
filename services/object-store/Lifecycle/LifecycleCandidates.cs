using Glue.Foundation.Sqlite;
using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Objects;
using Microsoft.Data.Sqlite;

namespace Glue.ObjectStore.Lifecycle;

/// <summary>One version as a lifecycle rule looks at it.</summary>
/// <param name="Key">UTF-8.</param>
/// <param name="Sequence">Which version; it is deleted only while it is still this one.</param>
/// <param name="Version">Its id.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedAt">When it was made.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="ReplacedAt">When a later version came; null: it is the latest.</param>
/// <param name="IsMarker">A delete marker.</param>
internal sealed record LifecycleCandidate(
    byte[] Key, long Sequence, VersionId Version, long Size, DateTimeOffset ModifiedAt, TagSet Tags, DateTimeOffset? ReplacedAt, bool IsMarker);

/// <summary>Walks a bucket's versions page by page, those of one key together, the latest first.</summary>
internal sealed class LifecycleCandidates(SqliteDatabase database)
{
    private const int KeysPerPage = 500;

    private const string Versions =
        """
        SELECT key, sequence, is_null, size, modified, tags, NULL, 0 FROM object WHERE bucket_id=$bucket AND key>=$from AND key<=$to
        UNION ALL
        SELECT key, sequence, is_null, size, modified, tags, replaced, is_marker FROM old_version WHERE bucket_id=$bucket AND key>=$from AND key<=$to
        ORDER BY 1, 2 DESC
        """;

    private const string LastKey =
        """
        SELECT max(key) FROM (
            SELECT key FROM (SELECT key FROM object WHERE bucket_id=$bucket AND key>$after ORDER BY key LIMIT $count)
            UNION
            SELECT key FROM (SELECT DISTINCT key FROM old_version WHERE bucket_id=$bucket AND key>$after ORDER BY key LIMIT $count)
            ORDER BY key LIMIT $count)
        """;

    /// <summary>The versions of each key.</summary>
    public IEnumerable<IReadOnlyList<LifecycleCandidate>> Walk(Bucket bucket)
    {
        var after = Array.Empty<byte>();
        while (Page(bucket, after) is { Count: > 0 } page)
        {
            foreach (var versions in page)
            {
                yield return versions;
            }

            after = page[^1][0].Key;
        }
    }

    private List<List<LifecycleCandidate>> Page(Bucket bucket, byte[] after) => database.Read(connection =>
    {
        using var last = connection.CreateCommand();
        last.CommandText = LastKey;
        last.With("$bucket", bucket.Id).With("$after", after).With("$count", KeysPerPage);
        var page = new List<List<LifecycleCandidate>>();
        if (last.ExecuteScalar() is not byte[] to)
        {
            return page;
        }

        using var command = connection.CreateCommand();
        command.CommandText = Versions;
        command.With("$bucket", bucket.Id).With("$from", (byte[])[.. after, 0]).With("$to", to);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var version = Read(reader);
            if (page.Count == 0 || !page[^1][0].Key.AsSpan().SequenceEqual(version.Key))
            {
                page.Add([]);
            }

            page[^1].Add(version);
        }

        return page;
    });

    private static LifecycleCandidate Read(SqliteDataReader reader) => new(
        (byte[])reader.GetValue(0), reader.GetInt64(1), reader.GetBoolean(2) ? VersionId.Null : VersionId.Of(reader.GetInt64(1)), reader.GetInt64(3),
        DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4)), TagSet.FromColumn(reader.IsDBNull(5) ? null : reader.GetString(5)),
        reader.IsDBNull(6) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(6)), reader.GetBoolean(7));
}
