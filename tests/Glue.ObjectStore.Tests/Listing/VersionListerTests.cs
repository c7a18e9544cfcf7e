using System.Text;
using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Listing;
using Glue.ObjectStore.Objects;

namespace Glue.ObjectStore.Tests.Listing;

/// <summary>Versions against a plain model of them: random puts, deletes and changes of the bucket's versioning, listed in random pages.</summary>
public sealed class VersionListerTests
{
    private static readonly string[] Alphabet = ["a", "b", "/", "ü", "😀"];

    private static readonly Comparer<string> ByBytes = Comparer<string>.Create(
        static (x, y) => Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Whatever_was_done_the_pages_together_are_what_the_model_has(int seed)
    {
        await using var store = new CatalogFixture();
        var random = new Random(seed);
        var bucket = await store.BucketAsync();
        var model = new Dictionary<string, List<(VersionId Id, bool IsMarker)>>(StringComparer.Ordinal); // the latest last
        var versioning = Versioning.Off;
        for (var step = 0; step < 400; step++)
        {
            if (random.Next(50) == 0)
            {
                versioning = random.Next(2) == 0 ? Versioning.Enabled : Versioning.Suspended;
                await store.Buckets.SetVersioningAsync(bucket, versioning);
            }

            var key = RandomKey(random);
            var versions = model.TryGetValue(key, out var known) ? known : model[key] = [];
            if (versions.Count > 0 && random.Next(4) == 0)
            {
                var named = versions[random.Next(versions.Count)];
                Assert.Equal(named.IsMarker, (await store.DeleteAsync(bucket, key, named.Id)).IsMarker);
                versions.Remove(named);
                continue;
            }

            var isDelete = random.Next(3) == 0;
            if (versioning != Versioning.Enabled)
            {
                versions.RemoveAll(static version => version.Id.IsNull);
            }

            if (!isDelete)
            {
                versions.Add(((await store.PutAsync(bucket, key, new byte[random.Next(20) == 0 ? 20_000 : random.Next(5)])).Version, false));
            }
            else if (await store.DeleteAsync(bucket, key) is { IsMarker: true } marker)
            {
                versions.Add((marker.Version!, true));
            }
        }

        foreach (var (key, versions) in model)
        {
            var current = store.Objects.Find(bucket, key);
            Assert.Equal(versions is [.., { IsMarker: false } latest] ? latest.Id : null, current?.Version);
            Assert.Equal(versions is [.., { IsMarker: true } hiding] ? hiding.Id : null, current is null ? store.Objects.FindMarker(bucket, key)?.Version : null);
        }

        var lister = new VersionLister(store.Database);
        for (var i = 0; i < 200; i++)
        {
            var prefix = random.Next(2) == 0 ? "" : Alphabet[random.Next(Alphabet.Length)];
            var delimiter = random.Next(3) switch { 0 => "", 1 => "/", _ => "b" };
            Assert.Equal(Model(model, prefix, delimiter), Pages(store, lister, bucket, prefix, delimiter, random.Next(1, 9)));
        }

        var (blobs, charged, held) = store.Database.Read(static connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText =
                "SELECT count(*), (SELECT bytes FROM bucket), (SELECT coalesce(sum(size), 0) FROM (SELECT size FROM object UNION ALL SELECT size FROM old_version)) FROM blob";
            using var reader = command.ExecuteReader();
            reader.Read();
            return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
        });
        Assert.Equal(held, charged);
        Assert.Equal(blobs, store.Bodies);
    }

    private static List<string> Model(Dictionary<string, List<(VersionId Id, bool IsMarker)>> model, string prefix, string delimiter)
    {
        var expected = new List<string>();
        foreach (var (key, versions) in model.Where(entry => entry.Value.Count > 0 && entry.Key.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(static entry => entry.Key, ByBytes))
        {
            var found = delimiter.Length == 0 ? -1 : key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
            if (found >= 0)
            {
                expected.Add(key[..(found + delimiter.Length)]);
                continue;
            }

            expected.AddRange(versions.AsEnumerable().Reverse().Select((version, index) => $"{key} {version.Id} {version.IsMarker} {index == 0}"));
        }

        return [.. expected.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Goes from page to page as a client does: by the markers' texts alone.</summary>
    private static List<string> Pages(CatalogFixture store, VersionLister lister, Bucket bucket, string prefix, string delimiter, int pageSize)
    {
        var found = new List<string>();
        var position = VersionPosition.Beginning;
        while (true)
        {
            var page = lister.List(bucket, prefix, delimiter, position, pageSize);
            Assert.InRange(page.Versions.Count + page.CommonPrefixes.Count, 0, pageSize);
            found.AddRange(page.Versions.Select(static version => (version.Key, Text: $"{version.Key} {version.Version} {version.IsMarker} {version.IsLatest}"))
                .Concat(page.CommonPrefixes.Select(static common => (Key: common, Text: common)))
                .OrderBy(static item => item.Key, ByBytes).Select(static item => item.Text));
            if (page.NextKey is null)
            {
                return found;
            }

            position = page.NextVersion is { } version
                ? new VersionPosition(page.NextKey, version.IsNull ? store.Objects.Find(bucket, page.NextKey, version)!.Sequence : version.Sequence, SkipsAllUnder: false)
                : new VersionPosition(page.NextKey, null, SkipsAllUnder: true);
        }
    }

    private static string RandomKey(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
}
