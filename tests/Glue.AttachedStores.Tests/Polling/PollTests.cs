using Glue.AttachedStores.Polling;
using Glue.AttachedStores.Requests;

namespace Glue.AttachedStores.Tests.Polling;

public sealed class PollTests
{
    private static readonly Comparison<string> ByBytes = ListedStore.Order(isByFolder: false);

    [Fact]
    public async Task The_first_listing_tells_what_was_made_since_the_rule_was_and_nothing_that_was_there_before()
    {
        await using var polled = new PollUnderTest(new ListedStore(ByBytes));
        Put(polled, "in/before");
        await polled.SetRulesAsync("in/");
        Put(polled, "in/after");
        Put(polled, "elsewhere");
        Assert.Equal(["in/after"], await KeysToldAsync(polled));
        Assert.Empty(await KeysToldAsync(polled));
        polled.Store.Delete("in/before");
        Assert.Equal(["in/before"], await KeysToldAsync(polled));
    }

    [Fact]
    public async Task What_was_there_before_is_told_when_it_is_asked_for()
    {
        await using var polled = new PollUnderTest(new ListedStore(ByBytes), existing: true);
        Put(polled, "in/before");
        await polled.SetRulesAsync("in/");
        Assert.Equal(["in/before"], await KeysToldAsync(polled));
    }

    [Fact]
    public async Task A_rule_with_another_prefix_begins_with_what_is_there_and_the_first_goes_on()
    {
        await using var polled = new PollUnderTest(new ListedStore(ByBytes));
        await polled.SetRulesAsync("in/");
        await polled.RunAsync();
        Put(polled, "in/meanwhile");
        Put(polled, "out/before");
        await polled.SetRulesAsync("in/", "");
        Put(polled, "out/after");
        Assert.Equal(["in/meanwhile", "out/after"], await KeysToldAsync(polled));
    }

    [Fact]
    public async Task What_changes_while_no_rule_asks_for_its_prefix_is_not_told_when_one_does_again()
    {
        await using var polled = new PollUnderTest(new ListedStore(ByBytes), new PollOptions { StepObjects = 2 });
        await polled.SetRulesAsync("");
        foreach (var number in Enumerable.Range(0, 10))
        {
            Put(polled, $"a/{number}");
            Put(polled, $"b/{number}");
        }

        await polled.RunAsync();
        await polled.SetRulesAsync("b/");
        await polled.RunAsync();
        polled.Store.Delete("a/1");
        Put(polled, "a/2");
        polled.Store.Delete("b/1");
        await polled.SetRulesAsync("");
        Assert.Equal(["b/1"], await KeysToldAsync(polled));
    }

    [Fact]
    public async Task A_change_is_told_when_the_bytes_are_the_same_and_only_to_rules_that_ask_for_its_kind_and_key()
    {
        await using var polled = new PollUnderTest(new ListedStore(ByBytes));
        await polled.PutRulesAsync([PollUnderTest.Rule("in/", polled.Time.GetUtcNow(), ".jpg", "s3:ObjectCreated:Put")]);
        polled.Store.Put("in/1.jpg", "same", Tick(polled));
        Put(polled, "in/2.png");
        Assert.Equal(["in/1.jpg"], await KeysToldAsync(polled));
        polled.Store.Put("in/1.jpg", "same", Tick(polled));
        Assert.Equal(["in/1.jpg"], await KeysToldAsync(polled));
        polled.Store.Delete("in/1.jpg");
        Assert.Empty(await KeysToldAsync(polled));
    }

    [Fact]
    public async Task How_deep_in_a_chain_of_functions_an_object_was_written_goes_with_its_event()
    {
        await using var polled = new PollUnderTest(new ListedStore(ByBytes) { Depth = 3 });
        await polled.SetRulesAsync("in/");
        Put(polled, "in/1");
        await polled.RunAsync();
        polled.Store.Delete("in/1");
        await polled.RunAsync();
        Assert.Equal([3, 0], polled.Events.All.Select(static change => change.LineageDepth));
    }

    [Fact]
    public async Task The_stores_clock_is_allowed_for_where_it_tells_it()
    {
        await using var polled = new PollUnderTest(new ListedStore(ByBytes));
        var behind = TimeSpan.FromMinutes(3);
        polled.Store.Put("in/before", "e", Tick(polled) - behind);
        polled.Time.Advance(TimeSpan.FromSeconds(5));
        await polled.SetRulesAsync("in/");
        polled.Store.Put("in/after", "e", Tick(polled) - behind);
        polled.Store.Clock = polled.Time.GetUtcNow() - behind;
        Assert.Equal(["in/after"], await KeysToldAsync(polled));
    }

    [Fact]
    public async Task A_listing_that_breaks_off_removes_nothing_and_goes_on_after_a_restart_where_it_was()
    {
        await using var polled = new PollUnderTest(new ListedStore(ByBytes), new PollOptions { PageKeys = 10, SaveEvery = TimeSpan.Zero });
        await polled.SetRulesAsync("");
        for (var number = 0; number < 100; number++)
        {
            Put(polled, $"{number:000}");
        }

        await polled.RunAsync();
        polled.Store.Delete("005");
        polled.Store.Delete("095");
        for (var restarts = 0; restarts < 3; restarts++)
        {
            var first = polled.Store.Pages;
            polled.Store.BeforePage = page =>
            {
                if (page - first == 3)
                {
                    throw new HttpRequestException("gone away");
                }
            };
            await Assert.ThrowsAsync<HttpRequestException>(polled.RunAsync);
            polled.Restart();
            Assert.Equal($"{(restarts + 1) * 20:000}", polled.State.Pass!.After);
        }

        polled.Store.BeforePage = static _ => { };
        var pages = polled.Store.Pages;
        Assert.Equal(["005", "095"], await KeysToldAsync(polled));
        Assert.Equal(4, polled.Store.Pages - pages);
    }

    [Fact]
    public async Task A_store_that_sorts_by_folders_is_noticed_when_it_shows_and_nothing_is_told_twice_or_as_gone()
    {
        await using var polled = new PollUnderTest(new ListedStore(ListedStore.Order(isByFolder: true)), new PollOptions { PageKeys = 2 });
        await polled.SetRulesAsync("");
        Put(polled, "a/1");
        Put(polled, "a/2");
        Put(polled, "b");
        Assert.Equal(["a/1", "a/2", "b"], await KeysToldAsync(polled));
        Assert.False(polled.State.IsByFolder);
        Put(polled, "a-1"); // S3 would list it first
        Assert.Equal(["a-1"], await KeysToldAsync(polled));
        Assert.True(polled.State.IsByFolder);
        polled.Store.Delete("a/2");
        Assert.Equal(["a/2"], await KeysToldAsync(polled));
    }

    [Fact]
    public async Task A_store_that_sorts_in_no_known_way_is_refused_with_the_reason_and_loses_nothing()
    {
        await using var polled = new PollUnderTest(new ListedStore(static (one, other) => StringComparer.Ordinal.Compare(other, one)));
        await polled.SetRulesAsync("");
        Put(polled, "only");
        Assert.Equal(["only"], await KeysToldAsync(polled));
        Put(polled, "another");
        polled.Store.Delete("only");
        Put(polled, "third");
        var refused = await Assert.ThrowsAsync<StoreException>(polled.RunAsync);
        Assert.Contains("neither that of S3 nor that of folders: 'third' … 'another'", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(polled.Events.All, static change => change.EventName == OwedEvent.Removed);
    }

    [Fact]
    public async Task A_store_that_gives_the_same_page_for_ever_is_refused()
    {
        await using var polled = new PollUnderTest(new ListedStore(ByBytes) { Repeats = true }, new PollOptions { PageKeys = 1 });
        await polled.SetRulesAsync("");
        Put(polled, "1");
        Put(polled, "2");
        var refused = await Assert.ThrowsAsync<StoreException>(polled.RunAsync);
        Assert.Contains("goes on behind '1', and gives no more of it", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_that_a_kill_left_owed_is_told_as_it_was_though_the_object_is_gone_since()
    {
        await using var polled = new PollUnderTest(new ListedStore(ByBytes));
        await polled.SetRulesAsync("");
        Put(polled, "fleeting");
        polled.Events.BeforeTaking = static () => throw new IOException("killed before the event log had it");
        await Assert.ThrowsAsync<IOException>(polled.RunAsync);
        polled.Restart();
        polled.Store.Delete("fleeting");
        polled.Events.BeforeTaking = static () => { };
        polled.Events.AfterTaking = static () => throw new IOException("killed before that was noted");
        await Assert.ThrowsAsync<IOException>(polled.RunAsync);
        polled.Restart();
        polled.Events.AfterTaking = static () => { };
        await polled.RunAsync(); // to the end of the listing that was under way, which is past it
        await polled.RunAsync();
        Assert.Equal(["ObjectCreated:Put", OwedEvent.Removed], polled.Events.All.Select(static change => change.EventName));
        Assert.Equal(1, polled.Events.Repeats);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_does_not_disorder_the_events_of_a_key()
    {
        await using var polled = new PollUnderTest(new ListedStore(ByBytes));
        await polled.SetRulesAsync("");
        Put(polled, "key");
        await polled.RunAsync();
        polled.Time.SetWallClock(-TimeSpan.FromHours(1));
        polled.Restart();
        polled.Store.Delete("key");
        await polled.RunAsync();
        Assert.True(string.CompareOrdinal(polled.Events.All[0].Sequencer, polled.Events.All[1].Sequencer) < 0);
    }

    [Fact]
    public async Task A_bucket_that_is_polled_no_more_leaves_nothing_behind()
    {
        await using var polled = new PollUnderTest(new ListedStore(ByBytes));
        await polled.SetRulesAsync("");
        for (var number = 0; number < 2500; number++)
        {
            Put(polled, $"{number}");
        }

        await polled.RunAsync();
        var bucket = polled.State;
        Assert.Equal(2500, polled.Table.Known(bucket, [], [0xFF], 5000).Count);
        await polled.Table.RemoveAsync(bucket);
        Assert.Empty(polled.Table.Of(PollUnderTest.Attached.Name));
        await polled.Table.CleanAsync(CancellationToken.None);
        Assert.Empty(polled.Table.Known(bucket, [], [0xFF], 5000));
    }

    [Fact]
    public async Task A_store_whose_pages_are_empty_and_never_the_last_is_refused()
    {
        await using var polled = new PollUnderTest(new ListedStore(ByBytes) { IsEndless = true }, new PollOptions { MostEmptyPages = 5 });
        await polled.SetRulesAsync("");
        var refused = await Assert.ThrowsAsync<StoreException>(polled.RunAsync);
        Assert.Equal(("NoProgress", 5), (refused.Code, polled.Store.Pages));
        Assert.Contains("empty pages in a row: 5", refused.Message, StringComparison.Ordinal);
    }

    private static void Put(PollUnderTest polled, string key) => polled.Store.Put(key, "e", Tick(polled));

    private static DateTimeOffset Tick(PollUnderTest polled)
    {
        polled.Time.Advance(TimeSpan.FromMilliseconds(7));
        return polled.Time.GetUtcNow();
    }

    private static async Task<IReadOnlyList<string>> KeysToldAsync(PollUnderTest polled)
    {
        var before = polled.Events.All.Count;
        await polled.RunAsync();
        return [.. polled.Events.All.Skip(before).Select(static change => change.Key)];
    }
}
