using Glue.AttachedStores.Polling;
using Glue.AttachedStores.Sources;
using Glue.AttachedStores.Stores;
using Glue.Contracts.Storage;
using Glue.Foundation.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Glue.AttachedStores.Tests.Polling;

/// <summary>Which buckets of a store are polled, as rules come and go.</summary>
public sealed class PollSourceTests : IAsyncLifetime
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(60);

    private readonly PollUnderTest _polled = new(new ListedStore(ListedStore.Order(isByFolder: false)));
    private readonly Rules _rules = new();
    private readonly SourceStatus _status = new();
    private readonly PollSource _source;

    public PollSourceTests() => _source = new PollSource(
        _rules, _polled.Events, _polled.Store, _polled.Store, _polled.Table, _polled.Metrics, _polled.Options, _polled.Time, new Random(7), NullLogger<PollSource>.Instance);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _source.Dispose();
        await _polled.DisposeAsync();
    }

    [Fact]
    public async Task A_bucket_is_polled_from_its_first_rule_to_its_last_and_then_forgotten()
    {
        using var stop = new CancellationTokenSource();
        var running = _source.RunAsync(await AttachedAsync(before: null), _status, stop.Token);
        await UntilAsync(() => _status.Text == "no bucket has rules");
        _rules.Set("photos", "in/");
        await UntilAsync(() => _polled.Table.Of("other") is [{ Bucket: "photos", Last: not null }]);
        _rules.Set("photos", "in/", "out/");
        _rules.Set("papers", "");
        await UntilAsync(() => _polled.Table.Of("other") is [{ Bucket: "papers", Last: not null }, { Bucket: "photos", Last: not null, Regions.Count: 2 }]);
        await UntilAsync(() => _status.IsWorking && _status.Text.Split('\n') is [var papers, var photos] && papers.StartsWith("papers listed", StringComparison.Ordinal) && photos.StartsWith("photos listed", StringComparison.Ordinal));
        _rules.Set("photos");
        await UntilAsync(() => _polled.Table.Of("other") is [{ Bucket: "papers" }]);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Budget));
        await _source.ForgetAsync("other");
        Assert.Empty(_polled.Table.Of("other"));
    }

    [Fact]
    public async Task What_changed_while_the_store_was_attached_another_way_is_not_told_and_attaching_it_again_the_same_way_breaks_nothing()
    {
        _rules.Set("photos", "");
        var store = await AttachedAsync(before: null);
        await OnceAsync(store);
        Put("1");
        var again = await AttachedAsync(store);
        Assert.Equal(store.Settings.PolledSince, again.Settings.PolledSince);
        await OnceAsync(again);
        Put("2");
        await OnceAsync(await AttachedAsync(again with { Notify = StoreNotify.Webhook }));
        Put("3");
        await OnceAsync(await AttachedAsync(await AttachedAsync(again with { Notify = StoreNotify.Webhook })));
        Assert.Equal(["1"], _polled.Events.All.Select(static change => change.Key));
    }

    private void Put(string key)
    {
        _polled.Time.Advance(TimeSpan.FromMilliseconds(1007));
        _polled.Store.Put(key, "e", _polled.Time.GetUtcNow());
        _polled.Time.Advance(TimeSpan.FromMinutes(1));
    }

    /// <summary>From the next listing's beginning to its end.</summary>
    private async Task OnceAsync(AttachedStore store)
    {
        var begun = _polled.Time.GetUtcNow();
        using var stop = new CancellationTokenSource();
        var running = _source.RunAsync(store, _status, stop.Token);
        await UntilAsync(() => _polled.Table.Of("other") is [{ Last: { } last }] && last.BeganAt >= begun);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Budget));
    }

    /// <summary>As the API does it.</summary>
    private async Task<AttachedStore> AttachedAsync(AttachedStore? before)
    {
        var attached = PollUnderTest.Attached;
        var draft = new StoreDraft(attached.Name, attached.AccountId, attached.Endpoint, attached.Region, true, "key", "secret", StoreNotify.Poll, new StoreSettings());
        return (await _source.AdmitAsync(draft, before, CancellationToken.None)).ToStore(attached.Token, attached.CreatedAt);
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); !holds(); await Task.Delay(5))
        {
            Assert.True(clock.Elapsed < Budget, "it did not come true");
        }
    }

    private sealed class Rules : IStoreRules
    {
        private readonly Signal _changed = new();
        private Dictionary<string, BucketNotificationConfiguration> _all = new(StringComparer.Ordinal);

        public Task NextChange => _changed.Next;

        /// <summary>No prefix: no rules. All of them are older than the store's being attached.</summary>
        public void Set(string bucket, params IEnumerable<string> prefixes)
        {
            var all = new Dictionary<string, BucketNotificationConfiguration>(_all, StringComparer.Ordinal);
            all.Remove(bucket);
            if (prefixes.Select(static prefix => PollUnderTest.Rule(prefix, DateTimeOffset.UnixEpoch)).ToList() is { Count: > 0 } rules)
            {
                all[bucket] = new BucketNotificationConfiguration(rules);
            }

            _all = all;
            _changed.Set();
        }

        public IReadOnlyDictionary<string, BucketNotificationConfiguration> Of(string store) => _all;

        public Task<BucketNotificationConfiguration> GetAsync(string accountId, BucketAddress bucket, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task PutAsync(string accountId, BucketAddress bucket, BucketNotificationConfiguration rules, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
