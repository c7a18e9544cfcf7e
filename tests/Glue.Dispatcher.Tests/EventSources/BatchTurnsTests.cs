using System.Collections.Concurrent;
using Glue.Dispatcher.EventSources;
using Glue.Dispatcher.Fairness;
using Glue.Dispatcher.Tests.Fairness;

namespace Glue.Dispatcher.Tests.EventSources;

public sealed class BatchTurnsTests
{
    [Fact]
    public async Task A_mapping_with_many_partitions_does_not_hold_up_another_account()
    {
        var turns = new BatchTurns(new OpenPolicy(), new EventSourceOptions { MaxBatches = 2 }, TimeProvider.System);
        var (heavy, light) = (new FunctionKey("1", "heavy"), new FunctionKey("2", "light"));
        using var first = await turns.TakeAsync(heavy, CancellationToken.None);
        var waiting = Enumerable.Range(0, 50).Select(_ => turns.TakeAsync(heavy, CancellationToken.None)).ToList();
        var other = turns.TakeAsync(light, CancellationToken.None);
        first.HasRun();
        first.Dispose();
        var served = new ConcurrentQueue<BatchTurn>();
        while (!other.IsCompleted)
        {
            var next = await Task.WhenAny(waiting.Where(static task => task.IsCompletedSuccessfully).Append(other));
            Assert.True(served.Count < 3, "the other account waits behind all of the first one's");
            if (next != other)
            {
                waiting.Remove(next);
                var turn = await next;
                served.Enqueue(turn);
                turn.HasRun();
                turn.Dispose();
            }
        }

        (await other).Dispose();
    }

    [Fact]
    public async Task Who_no_longer_waits_takes_nobodys_place()
    {
        var turns = new BatchTurns(new OpenPolicy(), new EventSourceOptions { MaxBatches = 1 }, TimeProvider.System);
        var key = new FunctionKey("1", "f");
        var first = await turns.TakeAsync(key, CancellationToken.None);
        using var gone = new CancellationTokenSource();
        var leaving = turns.TakeAsync(key, gone.Token);
        var staying = turns.TakeAsync(key, CancellationToken.None);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        first.Dispose();
        (await staying.WaitAsync(TimeSpan.FromSeconds(60))).Dispose();
    }
}
