using System.Text;
using Glue.Foundation.Sqlite;
using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Objects;
using Microsoft.Data.Sqlite;

namespace Glue.ObjectStore.Listing;

/// <summary>
/// Walks a bucket's keys in order. A common prefix costs one seek, however many keys are under it: the walk goes on at the
/// first key that could lie behind them.
/// </summary>
internal sealed class KeyLister(SqliteDatabase database)
{
    // Reading a few rows on is cheaper than a new seek: most folders are small.
    private const int RowsBeforeSeek = 16;

    public ListPage List(Bucket bucket, ListQuery query) => database.Read(connection => List(connection, bucket, query));

    private static ListPage List(SqliteConnection connection, Bucket bucket, ListQuery query)
    {
        var objects = new List<ListedObject>();
        var prefixes = new List<string>();
        if (query.MaxItems == 0)
        {
            return new ListPage(objects, prefixes, Next: null);
        }

        var prefix = Encoding.UTF8.GetBytes(query.Prefix);
        var delimiter = Encoding.UTF8.GetBytes(query.Delimiter);
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT key, size, etag, modified, checksum FROM object
            WHERE bucket_id=$bucket AND key>=$from ORDER BY key
            """;
        command.Parameters.AddWithValue("$bucket", bucket.Id);
        var from = command.Parameters.Add("$from", SqliteType.Blob);
        var last = query.After;
        for (byte[]? position = KeyOrder.Later(prefix, FirstAfter(query.After)); position is not null;)
        {
            from.Value = position;
            position = null;
            using var reader = command.ExecuteReader();
            var skippedRows = 0;
            var passed = last.SkipsAllUnder ? Encoding.UTF8.GetBytes(last.Item) : null;
            while (reader.Read())
            {
                var key = (byte[])reader.GetValue(0);
                if (!key.AsSpan().StartsWith(prefix))
                {
                    break; // rows come one by one, so nothing behind the prefix was read
                }

                if (passed is not null && key.AsSpan().StartsWith(passed))
                {
                    if (++skippedRows < RowsBeforeSeek)
                    {
                        continue;
                    }

                    position = KeyOrder.Successor(passed);
                    break;
                }

                if (objects.Count + prefixes.Count == query.MaxItems)
                {
                    return new ListPage(objects, prefixes, last);
                }

                if (KeyOrder.CommonPrefixLength(key, prefix.Length, delimiter) is var length and > 0)
                {
                    passed = key[..length];
                    skippedRows = 0;
                    last = new ListPosition(ObjectKey.FromBytes(passed), SkipsAllUnder: true);
                    prefixes.Add(last.Item);
                }
                else
                {
                    passed = null;
                    last = new ListPosition(ObjectKey.FromBytes(key), SkipsAllUnder: false);
                    objects.Add(new ListedObject(
                        last.Item, reader.GetInt64(1), reader.GetString(2), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3)),
                        reader.IsDBNull(4) ? null : reader.GetString(4)));
                }
            }
        }

        return new ListPage(objects, prefixes, Next: null);
    }

    private static byte[] FirstAfter(ListPosition position)
    {
        var item = Encoding.UTF8.GetBytes(position.Item);
        return item.Length == 0 ? item
            : position.SkipsAllUnder ? KeyOrder.Successor(item)
            : [.. item, 0]; // the least key greater than it
    }
}
