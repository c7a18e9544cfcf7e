using Glue.StorageEvents.FunctionalTests.Intake;
using Glue.StorageEvents.Replays;
using Glue.StorageEvents.Tests;
using Microsoft.Extensions.DependencyInjection;
using static Glue.StorageEvents.Tests.Rules.Configurations;

namespace Glue.StorageEvents.FunctionalTests.Replays;

/// <summary>What a replay does to the queue; the command and its API are tested with the host.</summary>
public sealed class ReplayTests : IAsyncLifetime
{
    private const string Account = "000000000000";

    private readonly TempFolder _folder = new();
    private readonly RecordingIntake _intake = new();
    private StorageEventsUnderTest _storageEvents = null!;

    private ReplayStore Store => _storageEvents.Services.GetRequiredService<ReplayStore>();

    public async Task InitializeAsync()
    {
        _storageEvents = await StorageEventsUnderTest.StartAsync(_folder, _intake);
        await _storageEvents.PutRulesAsync(Rule("one", prefix: "in/"), Rule("two", prefix: "also/"));
        await _storageEvents.RecordAsync([.. Enumerable.Range(0, 20).Select(static i => Changes.Put($"in/{i:00}"))]);
        await _storageEvents.RecordAsync(Changes.Put("also/a"));
        await _intake.TakenAsync(21);
    }

    public async Task DisposeAsync()
    {
        await _storageEvents.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_replay_offers_the_same_invocations_and_the_queue_knows_them()
    {
        var before = Ids();
        var done = await RunAsync(New() with { From = "6", To = "11" });
        Assert.Equal((5, 5, 5, 0), (done.Total, done.Records, done.Matched, done.Enqueued));
        Assert.Equal(26, _intake.Taken.Count);
        Assert.Equal(before, Ids());
    }

    [Fact]
    public async Task Again_makes_invocations_of_its_own_that_a_repeated_step_makes_once()
    {
        var before = Ids();
        var replay = New() with { From = "1", To = "4", IsAgain = true };
        Assert.Equal(3, (await RunAsync(replay)).Enqueued);
        var added = Ids().Except(before).ToList();
        Assert.Equal(3, added.Count);
        Assert.All(added, static id => Assert.Equal('8', id[14])); // UUID version 8, as the others
        await RunAsync(New() with { From = "1", To = "4", IsAgain = true });
        Assert.Equal(6, Ids().Except(before).Count());
    }

    [Fact]
    public async Task A_dry_run_counts_and_enqueues_nothing_and_a_rule_and_an_account_narrow_it()
    {
        Assert.Equal((21, 21, 0), Counts(await RunAsync(New() with { IsDryRun = true, IsAgain = true })));
        Assert.Equal((21, 1, 1), Counts(await RunAsync(New() with { Rule = "two", IsAgain = true })));
        Assert.Equal((21, 0, 0), Counts(await RunAsync(New() with { AccountId = "111111111111", IsAgain = true }, "111111111111")));
        Assert.Equal(22, _intake.Taken.Count);
    }

    [Fact]
    public async Task A_stopped_replay_goes_on_where_it_was_after_a_restart_too()
    {
        var replay = New() with { Rate = 20, IsAgain = true };
        await Store.AddAsync(replay, CancellationToken.None);
        await UntilAsync(replay.Id, static (found, _) => found.Records >= 4);
        Assert.True(await Store.MoveAsync(Account, replay.Id, ReplayStatus.Running, ReplayStatus.Stopped, CancellationToken.None));
        await _storageEvents.DisposeAsync();

        _storageEvents = await StorageEventsUnderTest.StartAsync(_folder, _intake);
        var (held, status) = Store.Find(Account, replay.Id)!.Value;
        Assert.Equal(ReplayStatus.Stopped, status);
        Assert.InRange(held.Records, 4, 20);
        Assert.True(await Store.MoveAsync(Account, replay.Id, ReplayStatus.Stopped, ReplayStatus.Running, CancellationToken.None));
        var done = await UntilAsync(replay.Id, static (_, status) => status == ReplayStatus.Done);
        Assert.Equal((21, 21), (done.Records, done.Done));
        Assert.Equal(42, Ids().Count);
    }

    [Fact]
    public async Task Slow_replays_hold_up_neither_other_accounts_nor_the_others_of_their_own()
    {
        foreach (var account in Enumerable.Range(1, 6).Select(static i => $"{i:000000000000}"))
        {
            Assert.True(await Store.AddAsync(New() with { AccountId = account, Rate = 1 }, CancellationToken.None)); // more accounts than are served at once
        }

        Assert.True(await Store.AddAsync(New() with { Rate = 1 }, CancellationToken.None));
        var quick = await RunAsync(New() with { IsAgain = true });
        Assert.Equal(21, quick.Records);
        Assert.All(Store.List(Account).Where(found => found.Replay.Id != quick.Id), static found => Assert.Equal(ReplayStatus.Running, found.Status));
    }

    [Fact]
    public async Task An_account_may_have_so_many_replays_running_and_others_are_not_concerned()
    {
        var slow = Enumerable.Range(0, ReplayStore.MaxRunning).Select(static _ => New() with { Rate = 1 }).ToList();
        foreach (var replay in slow)
        {
            Assert.True(await Store.AddAsync(replay, CancellationToken.None));
        }

        Assert.False(await Store.AddAsync(New(), CancellationToken.None));
        Assert.True(await Store.AddAsync(New() with { AccountId = "111111111111" }, CancellationToken.None));
        Assert.True(await Store.MoveAsync(Account, slow[0].Id, ReplayStatus.Running, ReplayStatus.Stopped, CancellationToken.None));
        Assert.True(await Store.AddAsync(New() with { Rate = 1 }, CancellationToken.None));
        Assert.False(await Store.MoveAsync(Account, slow[0].Id, ReplayStatus.Stopped, ReplayStatus.Running, CancellationToken.None));
    }

    private static (long Records, long Matched, long Enqueued) Counts(Replay replay) => (replay.Records, replay.Matched, replay.Enqueued);

    private static Replay New() => new()
    {
        Id = Guid.NewGuid().ToString(), AccountId = Account, From = "0", Rate = 100_000, CreatedAt = TimeProvider.System.GetUtcNow(),
    };

    private HashSet<string> Ids() => [.. _intake.Taken.Select(static invocation => invocation.Id)];

    private async Task<Replay> RunAsync(Replay replay, string account = Account)
    {
        await Store.AddAsync(replay, CancellationToken.None);
        return await UntilAsync(replay.Id, static (_, status) => status == ReplayStatus.Done, account);
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
