using Glue.Foundation.Sqlite;
using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Listing;
using Glue.ObjectStore.Objects;

namespace Glue.ObjectStore.Tests;

public sealed class SchemaTests
{
    [Fact]
    public async Task A_database_of_the_first_release_goes_on_with_its_objects_uploads_and_sequencer()
    {
        using var folder = new TempFolder();
        await using (var old = SqliteDatabase.Open(folder["store.db"]))
        {
            old.Migrate(Schema.Component, Schema.Steps.AsSpan(0, 1));
            await old.WriteAsync(static write =>
            {
                foreach (var statement in (ReadOnlySpan<string>)[
                    "INSERT INTO bucket(name, account, created) VALUES('b', '000000000000', 5)",
                    "INSERT INTO object VALUES(1, x'6b', 10, 'e1', 7, 'CRC32:AAAAAA==', '{\"Content-Type\":\"a/b\"}', 'blob1:10')",
                    "INSERT INTO object VALUES(1, x'6c', 32, 'e2-2', 7, NULL, '{}', 'blob2:30 blob3:2')",
                    "INSERT INTO upload VALUES('u', 1, x'6d', 8, NULL, NULL, '{}')",
                    "INSERT INTO part VALUES('u', 1, 100, 'e3', 9, NULL, 'blob4')",
                    "INSERT INTO blob VALUES('blob1', 1), ('blob2', 1), ('blob3', 1), ('blob4', 1)",
                    "UPDATE sequencer SET last=77"])
                {
                    write.Prepared(statement).ExecuteNonQuery();
                }
            });
        }

        await using var database = SqliteDatabase.Open(folder["store.db"]);
        Schema.Migrate(database);

        var buckets = new BucketCatalog(database);
        var bucket = buckets.Find("b")!;
        Assert.Equal((Versioning.Off, null, 142L), (bucket.Settings.Versioning, bucket.Settings.QuotaBytes, buckets.UsedBytes(bucket)));
        var found = database.Read(connection => ObjectRows.Find(connection, bucket, "k"u8.ToArray(), null))!;
        Assert.Equal((10L, "e1", "blob1:10", true, 0), (found.Size, found.ETag, found.Body.ToString(), found.Version.IsNull, found.Tags.Count));
        Assert.Equal(["k", "l"], new VersionLister(database).List(bucket, "", "", VersionPosition.Beginning, 10).Versions.Select(static version => version.Key));
        Assert.Equal("u", Assert.Single(new Multipart.UploadCatalog(database).List(bucket, "")).Id);
        Assert.Equal(78, await database.WriteAsync(static write => Sequencer.Next(write, DateTimeOffset.UnixEpoch)));
    }
}
