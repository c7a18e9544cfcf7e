using Glue.Dispatcher.Admission;
using Glue.Dispatcher.Fairness;

namespace Glue.Dispatcher.Tests.Fairness;

/// <summary>The bounds that docs/fairness.md derives, checked at every start of thousands of random systems. A failure names its seed.</summary>
public sealed class FairnessBoundTests
{
    private const int Seeds = 1500;
    private const int Starts = 400;

    [Fact]
    public void Nobody_waits_for_more_service_of_another_than_the_bound_says()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            CheckOrder(seed, static policy => policy);
        }
    }

    [Fact]
    public void A_planted_favourite_breaks_the_bound()
    {
        var e = Assert.ThrowsAny<Xunit.Sdk.XunitException>(() =>
        {
            for (var seed = 0; seed < 50; seed++)
            {
                CheckOrder(seed, static policy => new Favouring(policy));
            }
        });
        Assert.Contains("seed ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_places_are_taken_only_by_those_who_hold_no_more_than_their_part_and_everyone_is_served_in_the_end()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            CheckPlaces(seed);
        }
    }

    /// <summary>Always something to do for everybody, places for all: what is left is the order.</summary>
    private static void CheckOrder(int seed, Func<IServicePolicy, IServicePolicy> plant)
    {
        var random = new Random(seed);
        var accounts = Enumerable.Range(0, random.Next(2, 8)).Select(i => $"a{i}").ToArray();
        var weights = accounts.ToDictionary(static account => account, _ => (double)random.Next(1, 5));
        var functions = accounts.ToDictionary(static account => account, account => new FunctionKey(account, "f"));
        var costs = accounts.ToDictionary(static account => account, _ => new Cost(128 << random.Next(6), random.Next(1, 3000)));
        var policy = new OpenPolicy { WeightOf = account => weights[account], MemoryOf = function => costs[function.AccountId].MemoryMiB };
        var scheduler = new FairScheduler(plant(policy), places: 100_000);
        foreach (var function in functions.Values)
        {
            scheduler.SetReady(function, true);
            scheduler.Finished(function, scheduler.Started(function), costs[function.AccountId].Time); // its cost is known from now on
            scheduler.SetReady(function, false); // and its credit begins at nothing
            scheduler.SetReady(function, true);
        }

        var since = accounts.ToDictionary(static account => account, _ => accounts.ToDictionary(static other => other, _ => 0L));
        for (var i = 0; i < Starts; i++)
        {
            var started = scheduler.Next()!.Value;
            scheduler.Finished(started, scheduler.Started(started), costs[started.AccountId].Time);
            foreach (var waiting in accounts)
            {
                since[waiting][started.AccountId] += costs[started.AccountId].Total;
                if (waiting != started.AccountId)
                {
                    continue;
                }

                foreach (var other in accounts.Where(other => other != waiting))
                {
                    var bound = Bound(costs[waiting].Total, weights[waiting], costs[other].Total, weights[other]);
                    Assert.True(since[waiting][other] <= bound, $"seed {seed}, start {i}: {waiting} waited for {since[waiting][other]} MiB ms of {other}, the bound is {bound}");
                    since[waiting][other] = 0;
                }
            }
        }
    }

    /// <summary>docs/fairness.md, "Order": the rounds it takes to earn one's cost, of the other's turns, one more for who jumped in, and one cost carried over.</summary>
    private static double Bound(long cost, double weight, long otherCost, double otherWeight) =>
        ((Math.Ceiling(cost / (FairScheduler.Quantum * weight)) + 2) * FairScheduler.Quantum * otherWeight) + otherCost;

    private static void CheckPlaces(int seed)
    {
        var random = new Random(seed);
        var places = random.Next(2, 40);
        var functions = Enumerable.Range(0, random.Next(2, 6)).Select(i => new FunctionKey($"a{i}", "f")).ToArray();
        var scheduler = new FairScheduler(new OpenPolicy(), places);
        var running = new List<(FunctionKey Function, long Charged, int Left)>();
        var started = functions.ToDictionary(static function => function, static _ => 0);
        Array.ForEach(functions, function => scheduler.SetReady(function, true));
        var part = Math.Max(1, places / (functions.Length + 1));
        for (var i = 0; i < Starts; i++)
        {
            while (scheduler.Next() is { } next)
            {
                var free = places - running.Count;
                var holds = running.Count(run => run.Function == next);
                Assert.True(free > scheduler.ReservedPlaces || holds < part, $"seed {seed}, step {i}: {next} holds {holds} of {places} and takes one of the last {free}");
                running.Add((next, scheduler.Started(next), random.Next(1, next == functions[0] ? 50 : 4))); // the first is slow
                started[next]++;
            }

            Assert.InRange(running.Count, 1, places);
            running = [.. running.Select(static run => run with { Left = run.Left - 1 })];
            foreach (var (function, charged, _) in running.Where(static run => run.Left == 0))
            {
                scheduler.Finished(function, charged, TimeSpan.FromMilliseconds(100));
            }

            running.RemoveAll(static run => run.Left == 0);
        }

        Assert.All(started.Values, count => Assert.True(count > 0, $"seed {seed}: somebody starved"));
    }

    private sealed record Cost(int MemoryMiB, int Milliseconds)
    {
        public TimeSpan Time => TimeSpan.FromMilliseconds(Milliseconds);

        public long Total => (long)MemoryMiB * Milliseconds;
    }

    /// <summary>The bug: one account counts for three times what it is.</summary>
    private sealed class Favouring(IServicePolicy policy) : IServicePolicy
    {
        public double Weight(string accountId) => policy.Weight(accountId) * (accountId == "a1" ? 3 : 1);

        public int MemoryMiB(FunctionKey function) => policy.MemoryMiB(function);

        public bool IsDeployed(FunctionKey function) => policy.IsDeployed(function);

        public bool HasRoom(FunctionKey function) => policy.HasRoom(function);

        public bool TryEnter(FunctionKey function, out AdmittedPlace? place) => policy.TryEnter(function, out place);

        public void Leave(in AdmittedPlace place) => policy.Leave(place);

        public void WhenRoomIsMade(Action tell) => policy.WhenRoomIsMade(tell);
    }
}
