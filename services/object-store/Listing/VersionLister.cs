using System.Text;
using Glue.Foundation.Sqlite;
using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Objects;
using Microsoft.Data.Sqlite;

namespace Glue.ObjectStore.Listing;

/// <summary>Walks all versions of a bucket's keys in order, common prefixes in one seek each as <see cref="KeyLister"/> does.</summary>
internal sealed class VersionLister(SqliteDatabase database)
{
    private const string Sql =
        """
        SELECT key, sequence, is_null, size, etag, modified, checksum, 0, 1 FROM object WHERE bucket_id=$bucket AND key>=$from
        UNION ALL
        SELECT key, sequence, is_null, size, etag, modified, checksum, is_marker, replaced IS NULL FROM old_version WHERE bucket_id=$bucket AND key>=$from
        ORDER BY 1, 2 DESC
        """;

    /// <param name="bucket">Where.</param>
    /// <param name="prefix">Only keys that start so.</param>
    /// <param name="delimiter">Rolls up keys that hold it after the prefix; empty: none.</param>
    /// <param name="after">Where to go on.</param>
    /// <param name="maxItems">Versions and common prefixes together.</param>
    public VersionPage List(Bucket bucket, string prefix, string delimiter, VersionPosition after, int maxItems) => database.Read(connection =>
        maxItems == 0 ? new VersionPage([], [], null, null) : new Walk(connection, bucket, prefix, delimiter, maxItems).From(after));

    private sealed class Walk(SqliteConnection connection, Bucket bucket, string prefixText, string delimiterText, int maxItems)
    {
        private readonly byte[] _prefix = Encoding.UTF8.GetBytes(prefixText);
        private readonly byte[] _delimiter = Encoding.UTF8.GetBytes(delimiterText);
        private readonly List<ListedVersion> _versions = [];
        private readonly List<string> _prefixes = [];

        public VersionPage From(VersionPosition after)
        {
            using var command = connection.CreateCommand();
            command.CommandText = Sql;
            for (byte[]? from = Start(after); from is not null;)
            {
                command.With("$bucket", bucket.Id).With("$from", from);
                if (Run(command, after, out from) is { } full)
                {
                    return full;
                }
            }

            return new VersionPage(_versions, _prefixes, null, null);
        }

        /// <returns>A full page that is not the last one; null otherwise.</returns>
        private VersionPage? Run(SqliteCommand command, VersionPosition after, out byte[]? next)
        {
            next = null;
            var last = Encoding.UTF8.GetBytes(after.Item);
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                var key = (byte[])reader.GetValue(0);
                if (!key.AsSpan().StartsWith(_prefix))
                {
                    return null;
                }

                if (after.Sequence is { } sequence && reader.GetInt64(1) >= sequence && key.AsSpan().SequenceEqual(last))
                {
                    continue;
                }

                if (_versions.Count + _prefixes.Count == maxItems)
                {
                    return Full();
                }

                if (KeyOrder.CommonPrefixLength(key, _prefix.Length, _delimiter) is var length and > 0)
                {
                    _prefixes.Add(ObjectKey.FromBytes(key[..length]));
                    next = KeyOrder.Successor(key[..length]);
                    return null;
                }

                _versions.Add(Read(reader, key));
            }

            return null;
        }

        private VersionPage Full()
        {
            var lastKey = _versions.Count == 0 ? null : _versions[^1].Key;
            var lastPrefix = _prefixes.Count == 0 ? null : _prefixes[^1];
            var prefixIsLast = lastKey is null
                || (lastPrefix is not null && Encoding.UTF8.GetBytes(lastPrefix).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(lastKey)) > 0);
            return prefixIsLast
                ? new VersionPage(_versions, _prefixes, lastPrefix, null)
                : new VersionPage(_versions, _prefixes, lastKey, _versions[^1].Version);
        }

        private byte[] Start(VersionPosition after)
        {
            var item = Encoding.UTF8.GetBytes(after.Item);
            byte[] behind = item.Length == 0 || after.Sequence is not null ? item
                : after.SkipsAllUnder ? KeyOrder.Successor(item)
                : [.. item, 0];
            return KeyOrder.Later(_prefix, behind);
        }

        private static ListedVersion Read(SqliteDataReader reader, byte[] key) => new(
            ObjectKey.FromBytes(key), reader.GetBoolean(2) ? VersionId.Null : VersionId.Of(reader.GetInt64(1)), reader.GetBoolean(8), reader.GetBoolean(7),
            reader.GetInt64(3), reader.GetString(4), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(5)), reader.IsDBNull(6) ? null : reader.GetString(6));
    }
}
