using System.Text;
using Glue.Foundation.Sqlite;
using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Listing;

namespace Glue.ObjectStore.Tests.Listing;

/// <summary>The listing against a plain model of what S3 documents, on random keys, pages and delimiters.</summary>
public sealed class KeyListerTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private SqliteDatabase _database = null!;

    public Task InitializeAsync()
    {
        _database = SqliteDatabase.Open(_folder["store.db"]);
        Schema.Migrate(_database);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Pages_together_are_exactly_what_the_model_lists(int seed)
    {
        var random = new Random(seed);
        var keys = Enumerable.Range(0, 300).Select(_ => RandomText(random, 1, 6)).Distinct(StringComparer.Ordinal).ToList();
        var bucket = await FillAsync(keys);
        await FillAsync(["other bucket's", "/", "a"]);
        var lister = new KeyLister(_database);
        for (var i = 0; i < 300; i++)
        {
            var prefix = RandomText(random, 0, 2);
            var delimiter = random.Next(4) switch { 0 => "", 1 => "/", 2 => "b/", _ => "😀" };
            var after = random.Next(3) == 0 ? RandomText(random, 0, 4) : "";
            var pageSize = random.Next(1, 20);

            var listed = Pages(lister, bucket, prefix, delimiter, after, pageSize);

            Assert.Equal(Model(keys, prefix, delimiter, after), listed);
        }
    }

    [Fact]
    public async Task A_common_prefix_of_many_keys_is_passed_in_one_step()
    {
        var bucket = await FillAsync([.. Enumerable.Range(0, 5000).Select(static i => $"a/{i:0000}"), "b/1", "c"]);

        var page = new KeyLister(_database).List(bucket, new ListQuery("", "/", ListPosition.Beginning, 1000));

        Assert.Equal(["a/", "b/"], page.CommonPrefixes);
        Assert.Equal(["c"], page.Objects.Select(static item => item.Key));
        Assert.Null(page.Next);
    }

    private static List<string> Pages(KeyLister lister, Bucket bucket, string prefix, string delimiter, string after, int pageSize)
    {
        var found = new List<string>();
        var position = new ListPosition(after, SkipsAllUnder: false);
        while (position is not null)
        {
            var page = lister.List(bucket, new ListQuery(prefix, delimiter, position, pageSize));
            var items = page.Objects.Select(static item => item.Key).Concat(page.CommonPrefixes).Order(ByBytes).ToList();
            Assert.InRange(items.Count, 0, pageSize);
            Assert.True(page.Next is null || items.Count == pageSize, "a truncated page is full");
            found.AddRange(items);
            position = page.Next is { } next ? ContinuationToken.Parse(ContinuationToken.From(next)) : null;
        }

        return found;
    }

    private static List<string> Model(List<string> keys, string prefix, string delimiter, string after) =>
        [.. keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && ByBytes.Compare(key, after) > 0)
            .Select(key => delimiter.Length > 0 && key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal) is var found and >= 0
                ? key[..(found + delimiter.Length)]
                : key)
            .Distinct(StringComparer.Ordinal).Order(ByBytes)];

    private static readonly Comparer<string> ByBytes = Comparer<string>.Create(
        static (x, y) => Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y)));

    private static string RandomText(Random random, int least, int most)
    {
        string[] alphabet = ["a", "b", "/", "/", "-", "0", "ü", "\uFFFD", "😀", "\u0001"];
        return string.Concat(Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => alphabet[random.Next(alphabet.Length)]));
    }

    private async Task<Bucket> FillAsync(IReadOnlyCollection<string> keys)
    {
        var bucket = await new BucketCatalog(_database).CreateAsync(Guid.NewGuid().ToString("N"), "000000000000", DateTimeOffset.UnixEpoch);
        await _database.WriteAsync(write =>
        {
            foreach (var key in keys)
            {
                write.Prepared("INSERT INTO object(bucket_id, key, sequence, is_null, size, etag, modified, headers, body) VALUES($bucket, $key, 0, 1, 1, 'e', 0, '{}', '')")
                    .With("$bucket", bucket.Id).With("$key", Encoding.UTF8.GetBytes(key)).ExecuteNonQuery();
            }
        });
        return bucket;
    }
}
