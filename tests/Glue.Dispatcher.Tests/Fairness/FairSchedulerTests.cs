using Glue.Dispatcher.Fairness;

namespace Glue.Dispatcher.Tests.Fairness;

public sealed class FairSchedulerTests
{
    private static readonly FunctionKey A = new("111111111111", "f");
    private static readonly FunctionKey B = new("222222222222", "f");

    private readonly OpenPolicy _policy = new();

    [Fact]
    public void Accounts_get_service_by_weight_whatever_number_of_functions_they_have()
    {
        _policy.WeightOf = account => account == A.AccountId ? 3 : 1;
        var served = Serve(runs: 4000, _ => 10, A, B, B with { Name = "g" }, B with { Name = "h" });
        Assert.InRange(served[A] / (double)Sum(served, B.AccountId), 2.9, 3.1);
        Assert.InRange(served[B with { Name = "g" }] / (double)served[B], 0.97, 1.03);
    }

    [Fact]
    public void A_weight_that_is_changed_holds_at_once_though_both_are_busy()
    {
        var scheduler = new FairScheduler(_policy, places: 1000);
        scheduler.SetReady(A, true);
        scheduler.SetReady(B, true);
        Repeat(500, () => RunNext(scheduler, static _ => 10));
        _policy.WeightOf = account => account == A.AccountId ? 4 : 1;
        var served = new List<FunctionKey>();
        Repeat(2000, () => served.Add(RunNext(scheduler, static _ => 10)));
        Assert.InRange(served.Count(key => key == A) / (double)served.Count(key => key == B), 3.9, 4.1);
    }

    [Fact]
    public void Deleted_functions_and_their_accounts_are_forgotten_and_what_is_deployed_or_runs_is_not()
    {
        _policy.DeployedOf = static key => key == A;
        var scheduler = new FairScheduler(_policy, places: 1000);
        scheduler.SetReady(A, true);
        RunNext(scheduler, static _ => 10);
        scheduler.SetReady(A, false);
        scheduler.SetReady(B, true);
        var charged = scheduler.Started(B);
        scheduler.SetReady(B, false);
        for (var i = 0; i < 10_000; i++)
        {
            var deleted = new FunctionKey($"{i:000000000000}", "f");
            scheduler.SetReady(deleted, true);
            RunNext(scheduler, static _ => 10);
            scheduler.SetReady(deleted, false);
        }

        Assert.InRange(scheduler.Remembered, 2, 1024);
        Assert.Equal(1, scheduler.Running);
        scheduler.Finished(B, charged, TimeSpan.FromMilliseconds(10));
        Assert.Equal(0, scheduler.Running);
        scheduler.SetReady(A, true);
        Assert.Equal(128 * 10, scheduler.Started(A)); // what it took is still known
    }

    [Fact]
    public void Service_is_measured_in_time_and_memory_not_in_invocations()
    {
        _policy.MemoryOf = function => function == A ? 1024 : 128;
        var served = Serve(runs: 9000, function => function == A ? 50 : 10, A, B);
        Assert.InRange(served[B] / (double)served[A], 39, 41); // 5 times the time, 8 times the memory
    }

    [Fact]
    public void A_function_that_takes_longer_than_was_guessed_pays_for_what_it_really_used()
    {
        var served = Serve(runs: 2000, function => function == A ? 20_000 : 1, A, B);
        Assert.InRange(served[A], 1, 3);
    }

    [Fact]
    public void A_new_function_is_expected_to_take_what_its_accounts_take_or_all_and_so_waits_no_longer_than_they()
    {
        var scheduler = new FairScheduler(_policy, places: 1000);
        scheduler.SetReady(A, true);
        Repeat(50, () => RunNext(scheduler, static _ => 20));
        scheduler.SetReady(B, true); // nothing of its account has run
        Assert.Contains(B, Enumerable.Range(0, 4).Select(_ => RunNext(scheduler, static key => key == A ? 20 : 3000)).ToList());

        scheduler.SetReady(B, false);
        var sibling = A with { Name = "g" };
        scheduler.SetReady(sibling, true);
        Assert.Contains(sibling, Enumerable.Range(0, 4).Select(_ => RunNext(scheduler, static _ => 20)).ToList());
    }

    [Fact]
    public void Who_was_alone_for_long_has_no_advantage_and_no_debt_when_another_comes()
    {
        var scheduler = new FairScheduler(_policy, places: 1000);
        scheduler.SetReady(A, true);
        Repeat(500, () => RunNext(scheduler, _ => 100));
        scheduler.SetReady(B, true);
        var first = new List<FunctionKey>();
        Repeat(20, () => first.Add(RunNext(scheduler, _ => 100)));
        Assert.InRange(first.Count(key => key == A), 9, 12);
    }

    [Fact]
    public void Who_asks_for_little_is_served_next_and_who_comes_and_goes_at_once_gains_nothing()
    {
        var scheduler = new FairScheduler(_policy, places: 1000);
        var busy = Enumerable.Range(0, 10).Select(static i => new FunctionKey($"b{i}", "f")).ToArray();
        Array.ForEach(busy, key => scheduler.SetReady(key, true));
        Repeat(300, () => RunNext(scheduler, static _ => 10));
        scheduler.SetReady(A, true);
        Run(scheduler, A, 10); // its cost is known
        scheduler.SetReady(A, false);
        Repeat(300, () => RunNext(scheduler, static _ => 10));
        scheduler.SetReady(A, true);
        Assert.Equal(A, RunNext(scheduler, static _ => 10));

        var greedy = 0;
        for (var i = 0; i < 1100; i++)
        {
            scheduler.SetReady(A, false);
            scheduler.SetReady(A, true);
            greedy += RunNext(scheduler, static _ => 10) == A ? 1 : 0;
        }

        Assert.InRange(greedy, 0, 120); // its share is 100
    }

    [Fact]
    public void Who_holds_more_than_its_part_leaves_the_last_places_to_those_who_hold_less()
    {
        var scheduler = new FairScheduler(_policy, places: 16);
        scheduler.SetReady(B, true);
        Run(scheduler, B, 1); // B is known
        scheduler.SetReady(B, false);
        scheduler.SetReady(A, true);
        var held = 0;
        while (scheduler.Next() is { } next)
        {
            scheduler.Started(next);
            held++;
        }

        Assert.Equal(16 - scheduler.ReservedPlaces, held);
        scheduler.SetReady(B, true);
        Assert.Equal(B, scheduler.Next());
        scheduler.Started(B);
        Assert.Equal(B, scheduler.Next());
        scheduler.Started(B);
        Assert.Null(scheduler.Next());
        scheduler.Finished(A, 1, TimeSpan.FromMilliseconds(1));
        Assert.Equal(B, scheduler.Next()); // A holds more than its part still
    }

    [Fact]
    public void A_tenant_alone_uses_every_place()
    {
        var scheduler = new FairScheduler(_policy, places: 16);
        scheduler.SetReady(A, true);
        Repeat(16, () => scheduler.Started(scheduler.Next()!.Value));
        Assert.Null(scheduler.Next());
    }

    [Fact]
    public void A_function_at_its_limit_is_passed_over_and_gets_no_credit_meanwhile()
    {
        var open = false;
        _policy.RoomOf = function => function != A || open;
        var scheduler = new FairScheduler(_policy, places: 1000);
        scheduler.SetReady(A, true);
        scheduler.SetReady(B, true);
        Repeat(200, () => Assert.Equal(B, RunNext(scheduler, _ => 100)));
        open = true;
        var next = new List<FunctionKey>();
        Repeat(20, () => next.Add(RunNext(scheduler, _ => 100)));
        Assert.InRange(next.Count(key => key == A), 8, 12);
    }

    [Fact]
    public void Who_is_refused_again_and_again_after_being_chosen_gathers_no_credit()
    {
        var scheduler = new FairScheduler(_policy, places: 1000);
        scheduler.SetReady(A, true);
        scheduler.SetReady(B, true);
        Repeat(20, () => RunNext(scheduler, _ => 100));
        var refused = 0;
        while (refused < 1000)
        {
            var key = scheduler.Next()!.Value;
            var charged = scheduler.Started(key);
            refused += key == A ? 1 : 0;
            var other = key == A && scheduler.Next() == B ? scheduler.Started(B) : -1; // its turn comes before the refusal is known
            scheduler.Finished(key, charged, key == A ? null : TimeSpan.FromMilliseconds(100));
            if (other >= 0)
            {
                scheduler.Finished(B, other, TimeSpan.FromMilliseconds(100));
            }
        }

        var next = new List<FunctionKey>();
        Repeat(20, () => next.Add(RunNext(scheduler, _ => 100)));
        Assert.InRange(next.Count(key => key == A), 8, 12);
    }

    [Fact]
    public void The_same_calls_give_the_same_choices()
    {
        List<FunctionKey> Choices()
        {
            var random = new Random(7);
            var scheduler = new FairScheduler(_policy, places: 8);
            var chosen = new List<FunctionKey>();
            for (var i = 0; i < 5000; i++)
            {
                scheduler.SetReady(new FunctionKey($"{random.Next(5)}", $"{random.Next(3)}"), random.Next(3) > 0);
                if (scheduler.Next() is { } key)
                {
                    chosen.Add(key);
                    Run(scheduler, key, random.Next(1, 500));
                }
            }

            return chosen;
        }

        Assert.Equal(Choices(), Choices());
    }

    private static int Sum(Dictionary<FunctionKey, int> served, string account) => served.Where(pair => pair.Key.AccountId == account).Sum(pair => pair.Value);

    private static void Repeat(int times, Action action)
    {
        for (var i = 0; i < times; i++)
        {
            action();
        }
    }

    private static FunctionKey RunNext(FairScheduler scheduler, Func<FunctionKey, double> milliseconds)
    {
        var key = scheduler.Next()!.Value;
        Run(scheduler, key, milliseconds(key));
        return key;
    }

    private static void Run(FairScheduler scheduler, FunctionKey key, double milliseconds) =>
        scheduler.Finished(key, scheduler.Started(key), TimeSpan.FromMilliseconds(milliseconds));

    private Dictionary<FunctionKey, int> Serve(int runs, Func<FunctionKey, double> milliseconds, params FunctionKey[] always)
    {
        var scheduler = new FairScheduler(_policy, places: 1000);
        var served = always.ToDictionary(static key => key, static _ => 0);
        Array.ForEach(always, key => scheduler.SetReady(key, true));
        Repeat(runs, () => served[RunNext(scheduler, milliseconds)]++);
        return served;
    }
}
