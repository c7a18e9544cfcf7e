using Glue.Foundation.Checksums;
using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Lifecycle;
using Glue.ObjectStore.Multipart;
using Glue.ObjectStore.Objects;
using Microsoft.Extensions.Logging.Abstractions;

namespace Glue.ObjectStore.Tests.Lifecycle;

/// <summary>Rules over days that a test does not wait for.</summary>
public sealed class LifecycleRunTests : IAsyncLifetime
{
    private readonly CatalogFixture _store = new();
    private UploadCatalog _uploads = null!;
    private Bucket _bucket = null!;

    public async Task InitializeAsync()
    {
        _uploads = new UploadCatalog(_store.Database);
        _bucket = await _store.BucketAsync();
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task An_object_goes_at_the_midnight_after_its_last_day_and_says_so()
    {
        await RulesAsync("<Filter><Prefix>tmp/</Prefix></Filter><Expiration><Days>3</Days></Expiration>");
        await _store.PutAsync(_bucket, "tmp/a", [1]);
        await _store.PutAsync(_bucket, "kept", [1]);

        _store.Time.Now = new DateTimeOffset(2026, 3, 4, 23, 59, 59, TimeSpan.Zero);
        Assert.Equal(0, await RunAsync());
        _store.Time.Now = new DateTimeOffset(2026, 3, 5, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(1, await RunAsync());

        Assert.Null(_store.Objects.Find(_bucket, "tmp/a"));
        Assert.NotNull(_store.Objects.Find(_bucket, "kept"));
        var change = _store.Journal.Changes[^1];
        Assert.Equal(("LifecycleExpiration:Delete", "tmp/a", "s3.amazonaws.com"), (change.EventName, change.Key, change.PrincipalId));
        Assert.Equal(1, _store.Bodies);
        Assert.Equal(1, _store.Buckets.UsedBytes(_bucket));
    }

    [Fact]
    public async Task Sizes_and_tags_select_too()
    {
        await RulesAsync("<Filter><And><Prefix/><Tag><Key>t</Key><Value>1</Value></Tag><ObjectSizeGreaterThan>1</ObjectSizeGreaterThan><ObjectSizeLessThan>4</ObjectSizeLessThan></And></Filter><Expiration><Days>1</Days></Expiration>");
        await _store.PutAsync(_bucket, "fits", [1, 2], "t=1");
        await _store.PutAsync(_bucket, "small", [1], "t=1");
        await _store.PutAsync(_bucket, "large", [1, 2, 3, 4], "t=1");
        await _store.PutAsync(_bucket, "untagged", [1, 2]);
        _store.Time.Now += TimeSpan.FromDays(9);

        await RunAsync();

        Assert.Equal(["large", "small", "untagged"], Keys());
    }

    [Fact]
    public async Task With_versions_expiry_only_hides_and_old_versions_have_their_own_days()
    {
        await _store.Buckets.SetVersioningAsync(_bucket, Versioning.Enabled);
        await RulesAsync(
            "<Filter/><Expiration><Days>1</Days></Expiration><NoncurrentVersionExpiration><NoncurrentDays>2</NoncurrentDays><NewerNoncurrentVersions>1</NewerNoncurrentVersions></NoncurrentVersionExpiration>");
        await _store.PutAsync(_bucket, "k", [1]);
        await _store.PutAsync(_bucket, "k", [2]);
        var latest = await _store.PutAsync(_bucket, "k", [3]);
        _store.Time.Now += TimeSpan.FromDays(2);

        Assert.Equal(1, await RunAsync());

        Assert.Null(_store.Objects.Find(_bucket, "k"));
        Assert.Equal("LifecycleExpiration:DeleteMarkerCreated", _store.Journal.Changes[^1].EventName);
        Assert.NotNull(_store.Objects.Find(_bucket, "k", latest.Version));

        _store.Time.Now += TimeSpan.FromDays(3);
        Assert.Equal(2, await RunAsync()); // the newest old version stays
        Assert.NotNull(_store.Objects.Find(_bucket, "k", latest.Version));
        Assert.Equal(1, _store.Buckets.UsedBytes(_bucket));

        await _store.DeleteAsync(_bucket, "k", latest.Version);
        Assert.Equal(1, await RunAsync()); // the marker hides nothing any more
        await _store.Buckets.DeleteAsync(_bucket);
    }

    [Fact]
    public async Task Unfinished_uploads_are_aborted_and_finished_ones_not_touched()
    {
        await RulesAsync("<Filter><Prefix>a</Prefix></Filter><AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload>");
        foreach (var key in new[] { "a1", "b1" })
        {
            await _uploads.AddAsync(_bucket, new Upload(key, key, _store.Time.GetUtcNow(), ObjectHeaders.None, TagSet.Empty, ChecksumAlgorithm.Crc32, false));
        }

        _store.Time.Now += TimeSpan.FromDays(8);
        Assert.Equal(1, await RunAsync());

        Assert.Equal(["b1"], _uploads.List(_bucket, "").Select(static upload => upload.Key));
    }

    [Theory]
    [InlineData("<Filter/><Expiration><Days>2147483647</Days></Expiration>")]
    [InlineData("<Filter/><NoncurrentVersionExpiration><NoncurrentDays>2147483647</NoncurrentDays></NoncurrentVersionExpiration>")]
    [InlineData("<Filter/><AbortIncompleteMultipartUpload><DaysAfterInitiation>2147483647</DaysAfterInitiation></AbortIncompleteMultipartUpload>")]
    public async Task Days_beyond_the_calendar_never_come(string rule)
    {
        await _store.Buckets.SetVersioningAsync(_bucket, Versioning.Enabled);
        await RulesAsync(rule);
        await _store.PutAsync(_bucket, "k", [1]);
        await _store.PutAsync(_bucket, "k", [2]);
        await _uploads.AddAsync(_bucket, new Upload("u", "u", _store.Time.GetUtcNow(), ObjectHeaders.None, TagSet.Empty, ChecksumAlgorithm.Crc32, false));
        _store.Time.Now += TimeSpan.FromDays(9);

        Assert.Equal(0, await RunAsync());
    }

    [Fact]
    public void The_last_midnight_of_the_calendar_can_be_named()
    {
        var start = DateTimeOffset.MaxValue.AddDays(-3);

        Assert.Equal(new DateTimeOffset(9999, 12, 31, 0, 0, 0, TimeSpan.Zero), LifecycleRule.After(start, 2));
        Assert.Null(LifecycleRule.After(start, 3));
    }

    [Fact]
    public async Task A_bucket_whose_rules_fail_holds_up_no_other()
    {
        const string Rule = "<Filter/><Expiration><Days>1</Days></Expiration><AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload>";
        var other = await _store.BucketAsync();
        foreach (var bucket in new[] { _bucket, other })
        {
            await _store.PutAsync(bucket, "k", [1]);
            await RulesAsync(Rule, bucket);
        }

        _store.Time.Now += TimeSpan.FromDays(9);
        await _store.Database.WriteAsync(write => write.Prepared(
            $"CREATE TRIGGER broken BEFORE DELETE ON object WHEN old.bucket_id={_bucket.Id} BEGIN SELECT raise(ABORT,'broken'); END").ExecuteNonQuery());

        Assert.Equal(1, await RunAsync());

        Assert.NotNull(_store.Objects.Find(_bucket, "k"));
        Assert.Null(_store.Objects.Find(other, "k"));
    }

    [Theory]
    [InlineData("<Filter><Prefix> </Prefix></Filter>", " ")]
    [InlineData("<Filter><Prefix>\n</Prefix></Filter>", "\n")]
    [InlineData("<Filter><Prefix>\t</Prefix></Filter>", "\t")]
    [InlineData("<Filter><Prefix>&#13;</Prefix></Filter>", "\r")]
    [InlineData("<Prefix> </Prefix>", " ")]
    public async Task A_prefix_that_is_white_space_expires_the_keys_that_begin_with_it_and_no_others(string filter, string prefix)
    {
        await RulesAsync(filter + "<Expiration><Days>1</Days></Expiration>");
        await _store.PutAsync(_bucket, "important", [1]);
        await _store.PutAsync(_bucket, prefix + "old", [1]);
        _store.Time.Now += TimeSpan.FromDays(9);

        Assert.Equal(1, await RunAsync());

        Assert.Equal(["important"], Keys());
    }

    [Fact]
    public async Task A_tag_that_is_white_space_selects_what_has_it()
    {
        await RulesAsync("<Filter><Tag><Key>t</Key><Value> </Value></Tag></Filter><Expiration><Days>1</Days></Expiration>");
        await _store.PutAsync(_bucket, "important", [1], "t=");
        await _store.PutAsync(_bucket, "old", [1], "t=%20");
        _store.Time.Now += TimeSpan.FromDays(9);

        Assert.Equal(1, await RunAsync());

        Assert.Equal(["important"], Keys());
    }

    [Fact]
    public async Task Many_keys_are_walked_page_by_page_with_all_their_versions()
    {
        await _store.Buckets.SetVersioningAsync(_bucket, Versioning.Enabled);
        await Task.WhenAll(Enumerable.Range(0, 1100).Select(i => _store.PutAsync(_bucket, $"{i:0000}", [1])));
        await Task.WhenAll(Enumerable.Range(400, 300).Select(i => _store.DeleteAsync(_bucket, $"{i:0000}")));

        var walked = new LifecycleCandidates(_store.Database).Walk(_bucket).ToList();

        Assert.Equal(Enumerable.Range(0, 1100).Select(static i => $"{i:0000}"), walked.Select(static versions => ObjectKey.FromBytes(versions[0].Key)));
        Assert.Equal(1400, walked.Sum(static versions => versions.Count));
        Assert.All(walked.Skip(400).Take(300), static versions => Assert.True(versions[0].IsMarker));
    }

    private List<string> Keys() => [.. new LifecycleCandidates(_store.Database).Walk(_bucket).Select(static versions => ObjectKey.FromBytes(versions[0].Key))];

    private Task<int> RunAsync() => new LifecycleRun(
        _store.Buckets, _store.Objects, _uploads, new LifecycleCandidates(_store.Database), _store.Files, _store.Time, NullLogger<LifecycleRun>.Instance).ApplyAsync(default);

    private Task RulesAsync(string rule, Bucket? bucket = null) => _store.Buckets.SetAsync(
        bucket ?? _bucket, LifecycleConfiguration.Name, $"<LifecycleConfiguration><Rule><Status>Enabled</Status>{rule}</Rule></LifecycleConfiguration>");
}
