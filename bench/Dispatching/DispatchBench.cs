using System.Diagnostics;
using Glue.Contracts.Invocations;

namespace Glue.Bench.Dispatching;

/// <summary>
/// Events into the durable queue and through the dispatch loop to a worker that answers at once: while they arrive, and from a backlog.
/// <c>GLUE_BENCH_EVENTS</c> sets their number (default 200,000).
/// </summary>
internal static class DispatchBench
{
    private const int Places = 64;
    private const int Batch = 500;
    private const string Account = "000000000000";

    // The size of an S3 event record.
    private static readonly byte[] Payload = [.. "{\"Records\":[{\"pad\":\""u8, .. Enumerable.Repeat((byte)'x', 800), .. "\"}]}"u8];

    public static async Task RunAsync()
    {
        var events = int.Parse(Environment.GetEnvironmentVariable("GLUE_BENCH_EVENTS") ?? "200000");
        Console.WriteLine("| | events | events/s | heads in memory | managed heap, MiB |");
        Console.WriteLine("|---|---|---|---|---|");
        await ThroughAsync(events);
        await BacklogAsync(events);
    }

    private static async Task ThroughAsync(int events)
    {
        var counter = new Counter(events);
        await using var rig = await NewAsync(counter);
        await rig.StartAsync();
        var clock = Stopwatch.StartNew();
        await EnqueueAsync(rig, events);
        await counter.All;
        Report("through, while they arrive", events, clock.Elapsed, rig);
    }

    private static async Task BacklogAsync(int events)
    {
        var counter = new Counter(events);
        await using var rig = await NewAsync(counter);
        var clock = Stopwatch.StartNew();
        await EnqueueAsync(rig, events);
        Report("enqueued, nothing served", events, clock.Elapsed, rig);
        clock.Restart();
        await rig.StartAsync();
        await counter.All;
        Report("served from the backlog", events, clock.Elapsed, rig);
    }

    private static async Task<DispatcherRig> NewAsync(Counter counter)
    {
        var done = Task.FromResult(DispatcherRig.Success);
        var rig = new DispatcherRig(Places, (_, _) =>
        {
            counter.Count();
            return done;
        });
        for (var i = 0; i < 4; i++)
        {
            await rig.DeployAsync(Account, $"f{i}");
        }

        return rig;
    }

    private static async Task EnqueueAsync(DispatcherRig rig, int events)
    {
        var waiting = new Queue<Task>();
        for (var sent = 0; sent < events; sent += Batch)
        {
            var batch = new List<Invocation>(Batch);
            for (var i = 0; i < Math.Min(Batch, events - sent); i++)
            {
                batch.Add(DispatcherRig.New(Account, $"f{i % 4}", Payload));
            }

            waiting.Enqueue(rig.Queue.EnqueueAsync(batch, CancellationToken.None));
            if (waiting.Count == 4)
            {
                await waiting.Dequeue();
            }
        }

        await Task.WhenAll(waiting);
    }

    private static void Report(string what, int events, TimeSpan elapsed, DispatcherRig rig) => Console.WriteLine(
        $"| {what} | {events:N0} | {events / elapsed.TotalSeconds:N0} | {rig.HeadCount} | {GC.GetTotalMemory(forceFullCollection: true) / 1048576.0:0.0} |");

    private sealed class Counter(int events)
    {
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;

        public Task All => _all.Task;

        public void Count()
        {
            if (Interlocked.Increment(ref _count) == events)
            {
                _all.SetResult();
            }
        }
    }
}
