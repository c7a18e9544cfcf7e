using Glue.Contracts.Storage;
using Glue.StorageEvents.FunctionalTests.Intake;
using Glue.StorageEvents.Replays;
using Glue.StorageEvents.Tests;
using Glue.StorageEvents.Tests.Rules;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static Glue.StorageEvents.Tests.Rules.Configurations;

namespace Glue.StorageEvents.FunctionalTests.Replays;

/// <summary>Backfills and reconciliations over a listing; the commands are tested with the host.</summary>
public sealed class ListingReplayTests : IAsyncLifetime
{
    private const string Account = "000000000000";
    private const string Other = "111111111111";

    private static readonly DateTimeOffset LongAgo = DateTimeOffset.UtcNow - TimeSpan.FromDays(30);

    private readonly TempFolder _folder = new();
    private readonly RecordingIntake _intake = new();
    private StorageEventsUnderTest _storageEvents = null!;

    private FakeBuckets Buckets => _storageEvents.Services.GetRequiredService<FakeBuckets>();

    private ReplayStore Store => _storageEvents.Services.GetRequiredService<ReplayStore>();

    public async Task InitializeAsync()
    {
        _storageEvents = await StorageEventsUnderTest.StartAsync(_folder, _intake);
        await _storageEvents.PutRulesAsync(Rule("one", prefix: "in/"), Rule("copies", prefix: "copied/", events: "s3:ObjectCreated:Copy"), Rule("removed", events: "s3:ObjectRemoved:*"));
    }

    public async Task DisposeAsync()
    {
        await _storageEvents.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_backfill_runs_its_rule_for_every_object_that_fits_with_the_ids_that_their_own_events_gave()
    {
        Fill(LongAgo, 7);
        await _storageEvents.RecordAsync([.. Buckets.Objects.Take(3)]); // these ran when they were put
        await _intake.TakenAsync(3);

        var done = await RunAsync(Backfill("one"));

        Assert.Equal((8, 8, 7, 4), (done.Total, done.Records, done.Matched, done.Enqueued));
        Assert.Equal(7, _intake.Taken.Where(static one => one.Source.RuleId == "one").Select(static one => one.Id).Distinct().Count());
    }

    [Fact]
    public async Task Each_rule_gets_the_way_of_making_that_it_asks_for_and_rules_about_removals_nothing()
    {
        Fill(LongAgo, 1);
        Buckets.Objects.Add(Changes.Put("copied/a") with { Time = LongAgo });

        Assert.Equal(1, (await RunAsync(Backfill("copies"))).Enqueued);
        Assert.Equal(0, (await RunAsync(Backfill("removed"))).Enqueued);
        Assert.All(_intake.Taken, static one => Assert.Contains("\"eventName\":\"ObjectCreated:Copy\"", System.Text.Encoding.UTF8.GetString(one.Payload.Span), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_prefix_a_dry_run_and_again_are_heeded()
    {
        Fill(LongAgo, 12);

        Assert.Equal((2, 2, 0), Counts(await RunAsync(Backfill("one", "in/01") with { IsDryRun = true })));
        Assert.Equal((2, 2, 2), Counts(await RunAsync(Backfill("one", "in/01"))));
        Assert.Equal((2, 2, 0), Counts(await RunAsync(Backfill("one", "in/01"))));
        Assert.Equal((2, 2, 2), Counts(await RunAsync(Backfill("one", "in/01") with { IsAgain = true })));
    }

    [Fact]
    public async Task A_backfill_goes_on_behind_the_last_key_after_a_restart()
    {
        Fill(LongAgo, 30);
        var order = Backfill("one") with { Rate = 20 };
        await Store.AddAsync(order, CancellationToken.None);
        await UntilAsync(order.Id, static (found, _) => found.Records >= 4);
        var objects = Buckets.Objects.ToList();
        await _storageEvents.DisposeAsync();

        _storageEvents = await StorageEventsUnderTest.StartAsync(_folder, _intake, change: services => services.AddSingleton(Holding(objects)));
        var done = await UntilAsync(order.Id, static (_, status) => status == ReplayStatus.Done);

        Assert.Equal((31, 30), (done.Records, done.Matched));
        Assert.Equal(30, _intake.Taken.Select(static one => one.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_reconciliation_delivers_what_the_ledger_does_not_know_of_what_it_would_remember_since_the_rule_is_there()
    {
        var settled = DateTimeOffset.UtcNow + TimeSpan.FromMinutes(30); // the rules were put just now: what they missed came later
        Fill(settled, 4);
        Buckets.Delivered.Add("in/001");
        Buckets.Objects.Add(Changes.Put("in/before the rule") with { Time = LongAgo });
        Buckets.Objects.Add(Changes.Put("in/under way") with { Time = DateTimeOffset.UtcNow + TimeSpan.FromDays(2) });
        var objects = Buckets.Objects.ToList();
        await _storageEvents.DisposeAsync();
        _storageEvents = await StorageEventsUnderTest.StartAsync(
            _folder, _intake, change: services => services.AddSingleton(Holding(objects, "in/001")).AddSingleton<TimeProvider>(new SettableTime { Now = settled + TimeSpan.FromHours(1) }));

        var done = await RunAsync(Reconcile() with { Rule = "one" });
        Buckets.RememberedSince = settled + TimeSpan.FromMinutes(1);
        var forgotten = await RunAsync(Reconcile() with { Rule = "one", IsAgain = true });

        Assert.Equal(["in/000", "in/002", "in/003"], _intake.Taken.Select(static one => one.Source.ObjectKey));
        Assert.Equal((3, 3), (done.Matched, done.Enqueued));
        Assert.Equal(0, forgotten.Matched);
    }

    [Fact]
    public async Task The_schedule_orders_no_second_reconciliation_of_a_bucket_while_one_is_held()
    {
        var schedule = _storageEvents.Services.GetRequiredService<Reconciliations>();
        var held = Reconcile() with { Rate = 1 };
        Fill(LongAgo, 30);
        await Store.AddAsync(held, CancellationToken.None);
        await Store.MoveAsync(Account, held.Id, ReplayStatus.Running, ReplayStatus.Stopped, CancellationToken.None);

        Assert.Null(await schedule.OrderAsync("photos", Account, CancellationToken.None));
        Assert.NotNull(await schedule.OrderAsync("others", Account, CancellationToken.None));
    }

    [Fact]
    public async Task A_bucket_that_another_account_made_again_since_the_order_is_neither_counted_nor_listed()
    {
        Fill(LongAgo, 7);

        var backfill = await RunAsync(Backfill("one") with { AccountId = Other });
        var resumed = await RunAsync(Backfill("one") with { AccountId = Other, HasBegun = true, IsAgain = true });

        Assert.Equal((0, (0, 0, 0)), (backfill.Total, Counts(backfill)));
        Assert.Equal((0, 0, 0), Counts(resumed));
        Assert.Empty(_intake.Taken);
    }

    [Fact]
    public async Task Again_runs_only_functions_of_whoever_asks()
    {
        var theirs = $"arn:aws:lambda:us-east-1:{Other}:function:theirs";
        await _storageEvents.DisposeAsync();
        _storageEvents = await StorageEventsUnderTest.StartAsync(
            _folder, _intake, new FakeFunctions().Add(theirs), services => services.AddSingleton(Holding([Changes.Put("in/a") with { Time = LongAgo }])));
        await _storageEvents.PutRulesAsync(Rule("one") with { FunctionArn = theirs });

        Assert.Equal((1, 0, 0), Counts(await RunAsync(Backfill("one") with { IsAgain = true })));
        Assert.Equal((1, 1, 1), Counts(await RunAsync(Backfill("one"))));
    }

    [Fact]
    public async Task Stores_that_are_away_hold_up_nobody_elses_replays_and_theirs_say_why_and_go_on_once_they_are_back()
    {
        Fill(LongAgo, 3);
        Buckets.Away = "away-";
        var waits = _storageEvents.Services.GetRequiredService<ReplayWaits>();
        var orders = new List<Replay>();
        foreach (var account in Enumerable.Range(2, 6).Select(static digit => new string((char)('0' + digit), 12)))
        {
            var bucket = "away-" + account;
            await _storageEvents.Notifications.PutAsync(account, bucket, new BucketNotificationConfiguration([Rule("one")]), CancellationToken.None);
            Buckets.Objects.Add(Changes.Put("in/a") with { Bucket = bucket, BucketOwner = account, Time = LongAgo });
            orders.Add(New(new ListingPart { Bucket = bucket }) with { AccountId = account, Rule = "one" });
            await Store.AddAsync(orders[^1], CancellationToken.None);
        }

        Assert.Equal(3, (await RunAsync(Backfill("one"))).Enqueued);
        foreach (var order in orders)
        {
            await UntilAsync(order.Id, (found, status) => ReplayView.Of(found, status, waits).Waiting == "The store is away.", order.AccountId);
        }

        Buckets.Away = null;
        foreach (var order in orders)
        {
            var done = await UntilAsync(order.Id, static (_, status) => status == ReplayStatus.Done, order.AccountId);
            Assert.Equal((1, 1), (done.Total, done.Matched));
            Assert.Null(waits.Why(order.Id));
        }
    }

    [Fact]
    public async Task A_store_may_list_the_last_time_there_is()
    {
        var last = new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);
        Buckets.Objects.Add(Changes.Put("in/a") with { Time = last });

        Assert.Equal((1, 0, 0), Counts(await RunAsync(Reconcile() with { Rule = "one" })));
    }

    private static (long Records, long Matched, long Enqueued) Counts(Replay replay) => (replay.Records, replay.Matched, replay.Enqueued);

    private static FakeBuckets Holding(List<ObjectChange> objects, params string[] delivered)
    {
        var buckets = new FakeBuckets();
        buckets.Objects.AddRange(objects);
        buckets.Delivered.UnionWith(delivered);
        return buckets;
    }

    private static Replay Backfill(string rule, string prefix = "") => New(new ListingPart { Bucket = "photos", Prefix = prefix }) with { Rule = rule };

    private static Replay Reconcile() => New(new ListingPart { Bucket = "photos", OnlyMissed = true });

    private static Replay New(ListingPart part) => new()
    {
        Id = Guid.NewGuid().ToString(), AccountId = Account, From = Replay.NameOf(part.Bucket, part.Prefix), Listing = part, Rate = 100_000, CreatedAt = TimeProvider.System.GetUtcNow(),
    };

    /// <summary>in/000 and so on, and one elsewhere.</summary>
    private void Fill(DateTimeOffset time, int count)
    {
        Buckets.Objects.AddRange(Enumerable.Range(0, count).Select(i => Changes.Put($"in/{i:000}") with { Time = time, Sequencer = $"0055AED6DCD9{i:X4}" }));
        Buckets.Objects.Add(Changes.Put("out/elsewhere") with { Time = time });
    }

    private async Task<Replay> RunAsync(Replay replay)
    {
        await Store.AddAsync(replay, CancellationToken.None);
        return await UntilAsync(replay.Id, static (_, status) => status == ReplayStatus.Done, replay.AccountId);
    }

    private async Task<Replay> UntilAsync(string id, Func<Replay, ReplayStatus, bool> holds, string account = Account)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            if (Store.Find(account, id) is { } found && holds(found.Replay, found.Status))
            {
                return found.Replay;
            }

            await Task.Delay(5, limit.Token);
        }
    }
}
