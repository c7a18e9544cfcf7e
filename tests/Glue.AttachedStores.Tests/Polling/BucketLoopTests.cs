using System.Diagnostics;
using Glue.AttachedStores.Polling;
using Glue.AttachedStores.Requests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Glue.AttachedStores.Tests.Polling;

public sealed class BucketLoopTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_next_listing_begins_an_interval_after_the_last_ended_and_up_to_a_tenth_later()
    {
        await using var polled = new PollUnderTest(new ListedStore(ListedStore.Order(isByFolder: false)));
        await polled.SetRulesAsync("");
        var views = new Views();
        await using var loop = Start(polled, views);
        await views.UntilAsync(static view => view is { Next: not null, State.Last: not null });
        await views.UntilAsync(_ => polled.Store.Pages >= 4, polled.Time);
        var waits = views.All.Where(static view => view is { Next: not null, State.Last: not null }).Select(static view => view.Next!.Value - view.State.Last!.EndedAt).ToList();
        Assert.True(waits.Count >= 3);
        Assert.All(waits, static wait => Assert.InRange(wait, Interval, Interval * 1.1));
    }

    [Fact]
    public async Task A_listing_that_fails_is_tried_on_from_a_second_on_and_says_why()
    {
        await using var polled = new PollUnderTest(new ListedStore(ListedStore.Order(isByFolder: false)));
        await polled.SetRulesAsync("");
        polled.Store.BeforePage = static page => _ = page < 3 ? throw new StoreException("other", 403, "AccessDenied", "not yours") : page;
        var views = new Views();
        await using var loop = Start(polled, views);
        var failed = await views.UntilAsync(static view => view is { Failure: not null, Next: not null });
        Assert.InRange(failed.Next!.Value - polled.Time.GetUtcNow(), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.1));
        Assert.Contains("broken off: not yours", failed.ToString(), StringComparison.Ordinal);
        var through = await views.UntilAsync(static view => view.State.Last is not null && view.Next is not null, polled.Time);
        Assert.Equal(3, polled.Store.Pages);
        Assert.Null(through.Failure);
    }

    [Fact]
    public async Task After_a_restart_the_interval_goes_on_where_it_was()
    {
        await using var polled = new PollUnderTest(new ListedStore(ListedStore.Order(isByFolder: false)));
        await polled.SetRulesAsync("");
        await polled.RunAsync();
        polled.Restart();
        polled.Time.Advance(TimeSpan.FromSeconds(20));
        var views = new Views();
        await using var loop = Start(polled, views);
        var waiting = await views.UntilAsync(static view => view.Next is not null);
        Assert.Equal(TimeSpan.FromSeconds(10), waiting.Next!.Value - polled.Time.GetUtcNow());
    }

    [Fact]
    public async Task A_clock_that_was_set_back_by_years_keeps_a_bucket_waiting_no_longer_than_an_interval_and_a_tenth()
    {
        await using var polled = new PollUnderTest(new ListedStore(ListedStore.Order(isByFolder: false)));
        await polled.SetRulesAsync("");
        await polled.RunAsync();
        polled.Restart();
        polled.Time.SetWallClock(TimeSpan.FromDays(-1000));
        var views = new Views();
        await using var loop = Start(polled, views);
        var waiting = await views.UntilAsync(static view => view.Next is not null);
        Assert.Equal(Interval * 1.1, waiting.Next!.Value - polled.Time.GetUtcNow());
        await views.UntilAsync(_ => polled.Store.Pages >= 3, polled.Time);
    }

    private static BucketLoop Start(PollUnderTest polled, Views views) =>
        new(polled.Poll(), Interval, polled.Options, polled.Metrics, views.Add, polled.Time, new Random(7), NullLogger.Instance);

    /// <summary>What a loop said, awaited.</summary>
    private sealed class Views
    {
        private readonly Lock _lock = new();
        private readonly List<PollView> _all = [];
        private TaskCompletionSource _said = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IReadOnlyList<PollView> All
        {
            get
            {
                lock (_lock)
                {
                    return [.. _all];
                }
            }
        }

        public void Add(PollView view)
        {
            lock (_lock)
            {
                _all.Add(view);
                _said.TrySetResult();
                _said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        /// <summary>As soon as the last that it said is such a one.</summary>
        /// <param name="holds">Such a one.</param>
        /// <param name="time">Goes on meanwhile; null: it stands.</param>
        public async Task<PollView> UntilAsync(Func<PollView, bool> holds, ManualTimeProvider? time = null)
        {
            for (var clock = Stopwatch.StartNew(); ;)
            {
                Task next;
                lock (_lock)
                {
                    if (_all is [.., var view] && holds(view))
                    {
                        return view;
                    }

                    next = _said.Task;
                }

                Assert.True(clock.Elapsed < Budget, "it was not said in time");
                time?.Advance(TimeSpan.FromMilliseconds(100));
                await Task.WhenAny(next, Task.Delay(time is null ? Budget : TimeSpan.FromMilliseconds(1)));
            }
        }
    }
}
