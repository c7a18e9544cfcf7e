using Glue.Dispatcher.Fairness;
using Glue.Dispatcher.Queue;
using Glue.Dispatcher.Tests.Fairness;

namespace Glue.Dispatcher.Tests.Queue;

/// <summary>What memory holds of queues that are much longer, over a disk that is only counted.</summary>
public sealed class QueueFrontTests
{
    private const int Functions = 10_000;
    private const int Entries = 1000;
    private const int Most = EmbeddedInvocationQueue.HeadsTogether + (HeadBudget.Few * Functions);

    private readonly QueueFront _front = new(
        new OpenPolicy(), new FairScheduler(new OpenPolicy(), places: 1000), new HeadBudget(EmbeddedInvocationQueue.HeadsPerFunction, EmbeddedInvocationQueue.HeadsTogether), firstToken: 0);

    [Fact]
    public void Ten_thousand_functions_found_at_a_start_hold_no_more_than_the_stated_heads_and_all_take_part()
    {
        for (var i = 0; i < Functions; i++)
        {
            _front.Found(Function(i));
        }

        LoadAll();
        Assert.InRange(_front.HeadCount, Functions, Most);
        Assert.Equal(1000, ServeAll(starts: 1000).Distinct().Count()); // nobody twice before everybody once
    }

    [Fact]
    public void Entries_that_are_added_to_ten_thousand_functions_push_others_out_to_the_disk_and_none_is_forgotten()
    {
        for (var entry = 0; entry < 30; entry++)
        {
            for (var i = 0; i < Functions; i++)
            {
                _front.Added(Function(i), Head(i, entry), nowMs: 0);
            }
        }

        Assert.InRange(_front.HeadCount, Functions, Most);
        var first = Enumerable.Range(0, 12).Select(_ => TakeAndSettle(Function(0))).ToList();
        Assert.Equal(Enumerable.Range(0, 12).Select(static entry => (long)entry), first);
    }

    [Fact]
    public void One_function_alone_holds_its_share_and_is_served_in_order_from_the_disk()
    {
        _front.Found(Function(0));
        LoadAll();
        Assert.Equal(EmbeddedInvocationQueue.HeadsPerFunction, _front.HeadCount);
        Assert.Equal(Enumerable.Range(0, Entries).Select(static entry => (long)entry), Enumerable.Range(0, Entries).Select(_ => TakeAndSettle(Function(0))));
        Assert.Equal(0, _front.HeadCount);
    }

    private static FunctionKey Function(int number) => new($"{number:000000000000}", "f");

    /// <summary>Entry by entry, function by function.</summary>
    private static QueueHead Head(int function, long entry) => new((function * (long)Entries) + entry, 0, null, 0, 0);

    private List<FunctionKey> ServeAll(int starts)
    {
        var taken = _front.Take(starts, new QueueTime(0, 0), TimeSpan.FromSeconds(1));
        return [.. taken.Select(static start => start.Function)];
    }

    /// <returns>Its entry, counted from the function's first.</returns>
    private long TakeAndSettle(FunctionKey function)
    {
        while (true)
        {
            var (lease, of, head, _) = Assert.Single(_front.Take(1, new QueueTime(0, 0), TimeSpan.FromSeconds(1)));
            Assert.NotNull(_front.BeginSettling(lease, hasRun: true, new QueueTime(0, 1)));
            _front.Settled(lease, SettledEntry.Nothing, nowMs: 0);
            LoadAll();
            if (of == function)
            {
                return head.Entry % Entries;
            }
        }
    }

    private void LoadAll()
    {
        while (_front.TakeLoads(32) is { Count: > 0 } functions)
        {
            foreach (var function in functions)
            {
                var (behind, count) = _front.Load(function);
                var number = int.Parse(function.AccountId);
                var next = behind == QueuePlace.First ? 0 : (behind.Entry % Entries) + 1;
                var rows = Enumerable.Range((int)next, (int)Math.Min(count, Entries - next)).Select(entry => Head(number, entry)).ToList();
                _front.Loaded(function, rows, behind, rows.Count < count, nowMs: 0);
            }
        }
    }
}
