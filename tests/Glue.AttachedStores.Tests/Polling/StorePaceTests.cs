using Glue.AttachedStores.Buckets;
using Glue.AttachedStores.Polling;
using Glue.AttachedStores.Requests;

namespace Glue.AttachedStores.Tests.Polling;

public sealed class StorePaceTests
{
    private static readonly PageRequest First = new("", After: null, Token: null, 10);

    private readonly ManualTimeProvider _time = new();
    private readonly PollOptions _options = new();

    [Theory]
    [InlineData(503, "SlowDown")]
    [InlineData(503, "503")]
    [InlineData(429, "TooManyRequests")]
    public async Task A_store_that_asks_for_it_is_left_alone_by_all_its_buckets(int status, string code)
    {
        var store = new ListedStore(static (_, _) => 0) { BeforePage = _ => throw new StoreException("other", status, code, "slow down") };
        using var atOnce = new SemaphoreSlim(1, 1);
        var pages = new PacedStore(store, store, [atOnce], new StorePace(_options, _time));
        await Assert.ThrowsAsync<StoreException>(() => ReadAsync(pages));
        store.BeforePage = static _ => { };
        var waiting = ReadAsync(pages);
        _time.Advance(_options.FirstRetry - TimeSpan.FromMilliseconds(1));
        Assert.Equal((false, 1), (waiting.IsCompleted, store.Pages));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await waiting.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void Each_failure_in_a_row_doubles_the_wait_up_to_a_minute() => Assert.Equal(
        [1, 2, 4, 8, 16, 32, 60, 60], Enumerable.Range(1, 8).Select(failures => (int)Backoff.Of(_options, failures).TotalSeconds));

    [Fact]
    public async Task What_one_bucket_is_refused_keeps_no_other_waiting()
    {
        var store = new ListedStore(static (_, _) => 0) { BeforePage = static page => _ = page == 1 ? throw new StoreException("other", 403, "AccessDenied", "no") : page };
        using var atOnce = new SemaphoreSlim(1, 1);
        var pages = new PacedStore(store, store, [atOnce], new StorePace(_options, _time));
        await Assert.ThrowsAsync<StoreException>(() => ReadAsync(pages));
        await ReadAsync(pages).WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_makes_the_wait_no_longer()
    {
        var store = new ListedStore(static (_, _) => 0) { BeforePage = static page => _ = page == 1 ? throw new StoreException("other", 503, "SlowDown", "slow down") : page };
        using var atOnce = new SemaphoreSlim(1, 1);
        var pages = new PacedStore(store, store, [atOnce], new StorePace(_options, _time));
        await Assert.ThrowsAsync<StoreException>(() => ReadAsync(pages));
        _time.SetWallClock(TimeSpan.FromHours(-5));
        var waiting = ReadAsync(pages);
        _time.Advance(_options.FirstRetry);
        await waiting.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_store_that_failed_while_a_slot_was_waited_for_is_left_alone_and_the_slot_is_given_back()
    {
        var store = new ListedStore(static (_, _) => 0);
        using var ofStore = new SemaphoreSlim(1, 1);
        using var ofAll = new SemaphoreSlim(0, 1);
        var pace = new StorePace(_options, _time);
        var waiting = ReadAsync(new PacedStore(store, store, [ofStore, ofAll], pace));
        pace.Failed();
        ofAll.Release();
        await ofStore.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((false, 0), (waiting.IsCompleted, store.Pages));
        ofStore.Release();
        _time.Advance(_options.FirstRetry);
        await waiting.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((1, 1), (ofStore.CurrentCount, ofAll.CurrentCount));
    }

    private static Task<ListedPage> ReadAsync(PacedStore pages) => pages.ReadAsync(PollUnderTest.Attached, "photos", First, CancellationToken.None);
}
