using System.Text;
using Glue.Contracts.Invocations;
using Glue.Dispatcher.Ledger;
using Glue.Dispatcher.Queue;

namespace Glue.Dispatcher.FunctionalTests.Queue;

/// <summary>What every implementation of <see cref="IInvocationQueue"/> promises.</summary>
public abstract class InvocationQueueContract
{
    private const string Account = "000000000000";
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(60);

    private readonly ManualTimeProvider _time = new();

    /// <summary>Opens the queue on what the test has written so far; <see cref="CloseAsync"/> forgets all that is only in memory.</summary>
    private protected abstract IInvocationQueue Open(ManualTimeProvider time);

    private protected abstract Task CloseAsync();

    private protected abstract ILedger Ledger { get; }

    [Fact]
    public async Task What_was_enqueued_is_leased_with_everything_it_carried()
    {
        var queue = Open(_time);
        var sent = New("i1") with
        {
            Qualifier = "live",
            OrderKey = "bucket/key",
            LineageDepth = 3,
            TraceParent = "00-1-2-01",
            Source = new InvocationSource("s3", "rule", "bucket", "kéy +", "00A1"),
            Payload = "{\"x\":\"ü\"}"u8.ToArray(),
        };
        Assert.Equal(1, await queue.EnqueueAsync([sent], default));
        var leased = Assert.Single(await LeaseAsync(queue, 10));
        Assert.Equal(sent.Payload.ToArray(), leased.Invocation.Payload.ToArray());
        Assert.Equal(sent with { Payload = default }, leased.Invocation with { Payload = default });
        Assert.Equal((0, 0), (leased.FunctionErrors, leased.Postponements));
    }

    [Fact]
    public async Task An_id_seen_before_is_ignored_whether_waiting_leased_settled_or_twice_in_one_batch()
    {
        var queue = Open(_time);
        Assert.Equal(1, await queue.EnqueueAsync([New("i1"), New("i1")], default));
        Assert.Equal(0, await queue.EnqueueAsync([New("i1")], default));
        var leased = Assert.Single(await LeaseAsync(queue, 10));
        Assert.Equal(0, await queue.EnqueueAsync([New("i1")], default));
        await queue.SettleAsync([Settlement.Done(leased.Lease, Success())], default);
        Assert.Equal(0, await queue.EnqueueAsync([New("i1")], default));
        Assert.Empty(await LeaseAsync(queue, 10));
    }

    [Fact]
    public async Task A_leased_entry_is_nobody_elses_until_its_lease_runs_out()
    {
        var queue = Open(_time);
        await queue.EnqueueAsync([New("i1")], default);
        Assert.Single(await LeaseAsync(queue, 10));
        _time.Advance(LeaseTime - TimeSpan.FromSeconds(1));
        Assert.Empty(await LeaseAsync(queue, 10));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(await LeaseAsync(queue, 10));
    }

    [Fact]
    public async Task A_renewed_lease_lasts_longer_and_a_lost_one_is_reported()
    {
        var queue = Open(_time);
        await queue.EnqueueAsync([New("i1")], default);
        var lease = Assert.Single(await LeaseAsync(queue, 10)).Lease;
        _time.Advance(LeaseTime / 2);
        Assert.Empty(await queue.RenewAsync([lease], LeaseTime, default));
        _time.Advance(LeaseTime * 0.75);
        Assert.Empty(await LeaseAsync(queue, 10));
        _time.Advance(LeaseTime);
        Assert.Single(await LeaseAsync(queue, 10));
        Assert.Equal([lease], await queue.RenewAsync([lease], LeaseTime, default));
    }

    [Fact]
    public async Task A_settlement_with_an_outdated_token_changes_nothing()
    {
        var queue = Open(_time);
        await queue.EnqueueAsync([New("i1")], default);
        var old = Assert.Single(await LeaseAsync(queue, 10)).Lease;
        _time.Advance(LeaseTime);
        var current = Assert.Single(await LeaseAsync(queue, 10)).Lease;
        Assert.Equal(0, await queue.SettleAsync([Settlement.DeadLetter(old, "too late")], default));
        Assert.Equal(InvocationState.Running, Ledger.Find(Account, "i1")!.State);
        Assert.Equal(1, await queue.SettleAsync([Settlement.Done(current, Success())], default));
        Assert.Equal(0, await queue.SettleAsync([Settlement.Done(current, Success())], default));
        Assert.Equal(1, Ledger.Find(Account, "i1")!.Attempts);
    }

    [Fact]
    public async Task A_new_life_gets_what_the_former_had_leased_at_once_and_what_it_had_settled_never()
    {
        var queue = Open(_time);
        await queue.EnqueueAsync([New("done"), New("leased"), New("waiting")], default);
        var leased = await LeaseAsync(queue, 2);
        await queue.SettleAsync([Settlement.Done(leased[0].Lease, Success())], default);
        await CloseAsync();

        queue = Open(_time);
        await queue.ReleaseAllAsync(default);
        Assert.Equal(["leased", "waiting"], Ids(await LeaseAsync(queue, 10)));
        Assert.Equal(0, await queue.SettleAsync([Settlement.Done(leased[1].Lease, Success())], default));
    }

    [Fact]
    public async Task A_wall_clock_that_is_set_forward_or_back_ends_no_lease_and_prolongs_none()
    {
        var queue = Open(_time);
        await queue.EnqueueAsync([New("i1")], default);
        Assert.Single(await LeaseAsync(queue, 10));
        _time.SetWallClock(TimeSpan.FromHours(1));
        Assert.Empty(await LeaseAsync(queue, 10));
        _time.SetWallClock(TimeSpan.FromHours(-1));
        _time.Advance(LeaseTime);
        Assert.Equal("i1", Assert.Single(await LeaseAsync(queue, 10)).Invocation.Id);
    }

    [Fact]
    public async Task What_is_too_old_is_found_wherever_it_waits_and_what_runs_or_is_young_is_left_alone()
    {
        var queue = Open(_time);
        await queue.EnqueueAsync(
            [New("runs", key: "a"), New("held", key: "a"), New("postponed", key: "b"), New("retried", function: "g"), New("younger", function: "g") with { Qualifier = "long" }], default);
        var leased = (await LeaseAsync(queue, 10)).ToDictionary(static entry => entry.Invocation.Id);
        await queue.SettleAsync(
            [
                Settlement.Postpone(leased["postponed"].Lease, _time.GetUtcNow().AddMinutes(4), "no room"),
                Settlement.Retry(leased["retried"].Lease, _time.GetUtcNow().AddMinutes(3), Failure()),
                Settlement.Release(leased["younger"].Lease),
            ], default);
        await queue.EnqueueAsync([.. Enumerable.Range(0, 600).Select(i => New($"many{i}"))], default);
        await queue.RenewAsync([leased["runs"].Lease], TimeSpan.FromHours(9), default);
        Assert.Empty(await PassAsync(queue));
        _time.Advance(TimeSpan.FromMinutes(2) + TimeSpan.FromSeconds(1));
        await queue.EnqueueAsync([New("fresh"), New("behind", key: "a")], default);

        var old = await PassAsync(queue);
        Assert.Equal(Enumerable.Range(0, 600).Select(static i => $"many{i}").Concat(["held", "postponed", "retried"]).Order(), Ids(old).Order());
        Assert.Equal(InvocationState.Queued, Ledger.Find(Account, "held")!.State); // nothing of it runs
        await queue.SettleAsync([.. old.Select(static entry => Settlement.DeadLetter(entry.Lease, "too old"))], default);
        Assert.Empty(await PassAsync(queue));
        Assert.Equal(["fresh", "younger"], Ids([.. await LeaseAsync(queue, 1), .. await LeaseAsync(queue, 1)]).Order());
        Assert.Equal(1, await queue.SettleAsync([Settlement.Done(leased["runs"].Lease, Success())], default));
        Assert.Equal("behind", Assert.Single(await LeaseAsync(queue, 10)).Invocation.Id);
        var retried = Ledger.Find(Account, "retried")!;
        Assert.Equal((InvocationState.Dead, "too old", 1), (retried.State, retried.Reason, retried.Attempts));
    }

    [Fact]
    public async Task Something_too_old_behind_many_that_may_still_wait_is_found_in_a_bounded_number_of_passes()
    {
        var queue = Open(_time);
        await queue.EnqueueAsync([.. Enumerable.Range(0, 10_000).Select(i => New($"i{i}") with { Qualifier = i == 9_000 ? null : "long" })], default);
        _time.Advance(TimeSpan.FromMinutes(3));
        for (var pass = 1; pass <= 3; pass++)
        {
            if (await PassAsync(queue) is [var found])
            {
                Assert.Equal("i9000", found.Invocation.Id);
                return;
            }
        }

        Assert.Fail("It was not found in three passes.");
    }

    [Fact]
    public async Task Entries_of_one_order_key_go_in_enqueue_order_one_at_a_time_and_other_keys_in_parallel()
    {
        var queue = Open(_time);
        await queue.EnqueueAsync([New("a1", key: "a"), New("a2", key: "a"), New("b1", key: "b"), New("a3", key: "a"), New("free")], default);
        var first = await LeaseAsync(queue, 10);
        Assert.Equal(["a1", "b1", "free"], Ids(first));
        await queue.SettleAsync([Settlement.Done(first[0].Lease, Success())], default);
        var second = await LeaseAsync(queue, 10);
        Assert.Equal(["a2"], Ids(second));
        await queue.EnqueueAsync([New("a4", key: "a")], default);
        await queue.SettleAsync([Settlement.DeadLetter(second[0].Lease, "bad")], default);
        Assert.Equal(["a3"], Ids(await LeaseAsync(queue, 10)));
        Assert.Empty(await LeaseAsync(queue, 10));
    }

    [Fact]
    public async Task The_same_order_key_of_two_functions_or_accounts_is_two_keys()
    {
        var queue = Open(_time);
        await queue.EnqueueAsync([New("f", key: "a"), New("g", key: "a", function: "g"), New("h", key: "a") with { AccountId = "111111111111" }], default);
        Assert.Equal(3, (await LeaseAsync(queue, 10)).Count);
    }

    [Fact]
    public async Task One_that_waits_for_its_retry_lets_the_others_of_its_key_pass_but_never_runs_beside_them()
    {
        var queue = Open(_time);
        await queue.EnqueueAsync([New("a1", key: "a"), New("a2", key: "a"), New("a3", key: "a")], default);
        var a1 = Assert.Single(await LeaseAsync(queue, 10));
        await queue.SettleAsync([Settlement.Retry(a1.Lease, _time.GetUtcNow().AddMinutes(1), Failure())], default);
        var a2 = Assert.Single(await LeaseAsync(queue, 10));
        Assert.Equal("a2", a2.Invocation.Id);

        _time.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromSeconds(1));
        await queue.RenewAsync([a2.Lease], TimeSpan.FromHours(1), default);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(await LeaseAsync(queue, 10)); // a1 is due, but a2 runs
        await queue.SettleAsync([Settlement.Done(a2.Lease, Success())], default);
        var next = Assert.Single(await LeaseAsync(queue, 10));
        await queue.SettleAsync([Settlement.Done(next.Lease, Success())], default);
        var last = Assert.Single(await LeaseAsync(queue, 10));
        Assert.Equal(["a1", "a3"], new[] { next.Invocation.Id, last.Invocation.Id }.Order());
        Assert.Equal(1, (next.Invocation.Id == "a1" ? next : last).FunctionErrors);
    }

    [Fact]
    public async Task One_that_could_not_run_keeps_its_place_before_the_others_of_its_key()
    {
        var queue = Open(_time);
        await queue.EnqueueAsync([New("a1", key: "a"), New("a2", key: "a")], default);
        var a1 = Assert.Single(await LeaseAsync(queue, 10));
        await queue.SettleAsync([Settlement.Postpone(a1.Lease, _time.GetUtcNow().AddSeconds(1), "no room")], default);
        Assert.Empty(await LeaseAsync(queue, 10));
        Assert.Equal("no room", Ledger.Find(Account, "a1")!.Reason);
        _time.Advance(TimeSpan.FromSeconds(1));
        a1 = Assert.Single(await LeaseAsync(queue, 10));
        Assert.Equal(("a1", 1, 0), (a1.Invocation.Id, a1.Postponements, a1.FunctionErrors));
        await queue.SettleAsync([Settlement.Release(a1.Lease)], default);
        Assert.Equal("a1", Assert.Single(await LeaseAsync(queue, 10)).Invocation.Id);
    }

    [Fact]
    public async Task A_retry_is_leased_when_due_and_not_before_and_waiting_returns_at_that_time()
    {
        var queue = Open(_time);
        await queue.EnqueueAsync([New("i1")], default);
        var leased = Assert.Single(await LeaseAsync(queue, 10));
        await queue.SettleAsync([Settlement.Retry(leased.Lease, _time.GetUtcNow().AddSeconds(30), Failure())], default);
        while (true)
        {
            Assert.Empty(await LeaseAsync(queue, 10));
            var waiting = queue.WaitForDueAsync(default);
            if (!waiting.IsCompleted)
            {
                _time.Advance(TimeSpan.FromSeconds(30));
                await waiting.WaitAsync(TimeSpan.FromSeconds(10));
                break;
            }
        }

        Assert.Equal("i1", Assert.Single(await LeaseAsync(queue, 10)).Invocation.Id);
    }

    [Fact]
    public async Task Waiting_returns_when_something_is_enqueued()
    {
        var queue = Open(_time);
        Assert.Empty(await LeaseAsync(queue, 10));
        var waiting = queue.WaitForDueAsync(default);
        Assert.False(waiting.IsCompleted);
        await queue.EnqueueAsync([New("i1")], default);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Functions_take_turns_so_that_ones_backlog_does_not_starve_another()
    {
        var queue = Open(_time);
        await queue.EnqueueAsync([.. Enumerable.Range(0, 100).Select(i => New($"busy{i}", function: "busy"))], default);
        await queue.EnqueueAsync([New("quiet1", function: "quiet"), New("quiet2", function: "quiet"), New("zebra", function: "zebra")], default);
        Assert.Equal(["busy0", "busy1", "quiet1", "quiet2", "zebra"], Ids(await LeaseAsync(queue, 5)).Order());
        await queue.EnqueueAsync([New("quiet3", function: "quiet")], default);
        var order = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            order.AddRange(Ids(await LeaseAsync(queue, 1)));
        }

        Assert.InRange(order.IndexOf("quiet3"), 0, 1);
    }

    [Fact]
    public async Task A_batch_fills_up_from_the_function_that_has_more()
    {
        var queue = Open(_time);
        await queue.EnqueueAsync([.. Enumerable.Range(0, 20).Select(i => New($"busy{i}", function: "busy")), New("quiet", function: "quiet")], default);
        var leased = Ids(await LeaseAsync(queue, 10));
        Assert.Equal(10, leased.Count);
        Assert.Contains("quiet", leased);
    }

    [Fact]
    public async Task The_ledger_follows_an_invocation_from_queued_to_dead_and_keeps_error_log_and_event()
    {
        var queue = Open(_time);
        await queue.EnqueueAsync([New("i1")], default);
        Assert.Equal(InvocationState.Queued, Ledger.Find(Account, "i1")!.State);
        var first = Assert.Single(await LeaseAsync(queue, 1));
        Assert.Equal(InvocationState.Running, Ledger.Find(Account, "i1")!.State);
        await queue.SettleAsync([Settlement.Retry(first.Lease, _time.GetUtcNow().AddMinutes(1), Failure())], default);
        var waiting = Ledger.Find(Account, "i1")!;
        Assert.Equal((InvocationState.Failed, 1, _time.GetUtcNow().AddMinutes(1)), (waiting.State, waiting.Attempts, waiting.DueAt));
        _time.Advance(TimeSpan.FromMinutes(1));
        var second = Assert.Single(await LeaseAsync(queue, 1));
        await queue.SettleAsync([Settlement.DeadLetter(second.Lease, "enough", Failure())], default);

        var dead = Ledger.Find(Account, "i1")!;
        Assert.Equal((InvocationState.Dead, 2, "enough", SandboxStart.Boot), (dead.State, dead.Attempts, dead.Reason, dead.Start));
        Assert.Contains("it broke", Encoding.UTF8.GetString(dead.Error.Span), StringComparison.Ordinal);
        Assert.Equal("boom\n", Encoding.UTF8.GetString(dead.LogTail.Span));
        Assert.Equal(TimeSpan.FromMilliseconds(40), dead.InitDuration);
        Assert.Equal("{}"u8.ToArray(), Ledger.FindEvent(Account, "i1"));
        Assert.Null(Ledger.Find("111111111111", "i1"));
    }

    [Fact]
    public async Task The_ledger_lists_newest_first_by_function_state_and_object_of_one_account()
    {
        var queue = Open(_time);
        await queue.EnqueueAsync(
            [
                New("i1") with { Source = new InvocationSource("s3", "r", "b", "k1") },
                New("i2", function: "g") with { Source = new InvocationSource("s3", "r", "b", "k2") },
                New("i3"),
                New("x") with { AccountId = "111111111111" },
            ], default);
        var all = new LedgerQuery { AccountId = Account };
        Assert.Equal(["i3", "i2", "i1"], Ledger.List(all).Select(entry => entry.Id));
        Assert.Equal(["i2"], Ledger.List(all with { FunctionName = "g" }).Select(entry => entry.Id));
        Assert.Equal(["i2", "i1"], Ledger.List(all with { Bucket = "b" }).Select(entry => entry.Id));
        Assert.Equal(["i1"], Ledger.List(all with { Bucket = "b", ObjectKey = "k1" }).Select(entry => entry.Id));
        Assert.Equal(["i3"], Ledger.List(all with { Limit = 1 }).Select(entry => entry.Id));
        Assert.Empty(Ledger.List(all with { State = InvocationState.Dead }));
        Assert.Equal(3, Ledger.List(all with { State = InvocationState.Queued }).Count);
    }

    [Fact]
    public async Task The_ledger_forgets_what_is_settled_and_old_and_never_what_still_waits()
    {
        var queue = Open(_time);
        await queue.EnqueueAsync([New("waiting", function: "a"), New("done", function: "b")], default);
        var leased = await LeaseAsync(queue, 2);
        await queue.SettleAsync([Settlement.Release(leased[0].Lease), Settlement.Done(leased[1].Lease, Success())], default);
        _time.Advance(TimeSpan.FromDays(8));
        Assert.Equal(1, await Ledger.ExpireAsync(_time.GetUtcNow().AddDays(-7), default));
        Assert.Equal(["waiting"], Ledger.List(new LedgerQuery { AccountId = Account }).Select(entry => entry.Id));
        Assert.Equal(["waiting"], Ids(await LeaseAsync(queue, 5)));
    }

    /// <summary>One pass of a caller who settles nothing meanwhile.</summary>
    private protected static async Task<List<LeasedInvocation>> PassAsync(IInvocationQueue queue)
    {
        var all = new List<LeasedInvocation>();
        while (true)
        {
            var old = await queue.LeaseOldAsync(64, new Ages(), default);
            all.AddRange(old.Leased);
            if (old.IsPassOver)
            {
                return all;
            }
        }
    }

    /// <summary>Two minutes, and a day for the qualifier "long".</summary>
    private sealed class Ages : IEventAges
    {
        public TimeSpan MaxAge(string accountId, string functionName, string? qualifier) => qualifier == "long" ? TimeSpan.FromDays(1) : TimeSpan.FromMinutes(2);

        public TimeSpan ShortestMaxAge(string accountId, string functionName) => TimeSpan.FromMinutes(2);
    }

    private static AttemptReport Success() => new(default, default, FakeWorker.Succeeded([]));

    private static AttemptReport Failure() => new(default, default, FakeWorker.Failed("it broke"));

    private static IReadOnlyList<string> Ids(IEnumerable<LeasedInvocation> leased) => [.. leased.Select(entry => entry.Invocation.Id)];

    private static Task<IReadOnlyList<LeasedInvocation>> LeaseAsync(IInvocationQueue queue, int max) => queue.LeaseDueAsync(max, LeaseTime, default);

    private Invocation New(string id, string? key = null, string function = "f") => new()
    {
        Id = id,
        AccountId = Account,
        FunctionName = function,
        OrderKey = key,
        Payload = "{}"u8.ToArray(),
        AcceptedAt = _time.GetUtcNow(),
    };
}
