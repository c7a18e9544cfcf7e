using Glue.Contracts.Storage;
using Glue.Foundation.Sqlite;
using Glue.ObjectStore.Bodies;
using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Files;
using Glue.ObjectStore.Http;
using Glue.ObjectStore.Objects;

namespace Glue.ObjectStore.Tests;

/// <summary>The catalogs on a real database and real files, with a clock that the test moves.</summary>
internal sealed class CatalogFixture : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly DiskThreads _disk = new();

    public CatalogFixture()
    {
        Database = SqliteDatabase.Open(_folder["store.db"]);
        Schema.Migrate(Database);
        Files = new BlobFiles(_folder["blobs"], _disk, new SmallBodies(Database), new DamagedBlobs(Database));
        Buckets = new BucketCatalog(Database);
        Objects = new ObjectCatalog(Database, Files, Journal);
    }

    public SqliteDatabase Database { get; }

    public BlobFiles Files { get; }

    public BucketCatalog Buckets { get; }

    public ObjectCatalog Objects { get; }

    public RecordingJournal Journal { get; } = new();

    public SettableTime Time { get; } = new();

    /// <summary>Bodies kept, as files and as rows.</summary>
    public long Bodies => Directory.EnumerateFiles(BlobFolder, "*", SearchOption.AllDirectories).Count() + Database.Read(static connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM small_body";
        return (long)command.ExecuteScalar()!;
    });

    public string BlobFolder => _folder["blobs"];

    public Task<Bucket> BucketAsync() => Buckets.CreateAsync("b" + Guid.NewGuid().ToString("N"), "000000000000", Time.GetUtcNow());

    public Bucket Current(Bucket bucket) => Buckets.Find(bucket.Name)!;

    public ChangeOrigin Origin(string eventName) => new(eventName, Time.GetUtcNow(), "tester", "127.0.0.1", RequestIds.New(), 0);

    /// <summary>Puts a body of one blob, as PutObject does.</summary>
    public async Task<StoredObject> PutAsync(Bucket bucket, string key, byte[] body, string? tags = null)
    {
        using var blob = Files.Create();
        await blob.WriteAsync(body, default);
        await blob.SyncAsync();
        var stored = await Objects.PutAsync(bucket, key, WriteConditions.None, Origin("ObjectCreated:Put"), (write, _) =>
        {
            blob.Add(write);
#pragma warning disable CA5351 // an ETag is MD5 by definition
            var etag = Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(body));
#pragma warning restore CA5351
            return new StoredObject
            {
                Size = body.Length,
                ETag = etag,
                ModifiedAt = Time.GetUtcNow(),
                Tags = TagSet.FromHeader(tags),
                Headers = ObjectHeaders.None,
                Body = new ObjectBody([new BodySegment(blob.Id, body.Length)]),
            };
        });
        blob.Keep();
        return stored;
    }

    public Task<Deletion> DeleteAsync(Bucket bucket, string key, VersionId? version = null) =>
        Objects.DeleteAsync(bucket, key, version, WriteConditions.None, Origin("ObjectRemoved:Delete"));

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        Files.Dispose();
        _disk.Dispose();
        _folder.Dispose();
    }

    internal sealed class RecordingJournal : IObjectEventJournal
    {
        public List<ObjectChange> Changes { get; } = [];

        public void Record(SqliteWrite write, ObjectChange change) => write.WhenCommitted(() => Changes.Add(change));

        public void Recorded()
        {
            // Nobody waits.
        }
    }

    internal sealed class SettableTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
