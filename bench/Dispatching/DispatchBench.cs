using System.Diagnostics;
using System.Globalization;
using System.Text;
using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.StorageEvents.EventLog;
using Glue.TestKit;

namespace Glue.Bench.Dispatching;

/// <summary>
/// S3 events appended to the event log (SQLite, then Kafka), through intake, queue and dispatch loop to a worker that answers at once: while they arrive (at most a million),
/// and from a backlog in the queue, for which each half is shown by itself and a restart in between. <c>GLUE_BENCH_EVENTS</c> sets their number (default 200,000).
/// </summary>
internal static class DispatchBench
{
    private const int Places = 64;
    private const int Batch = 500;
    private const int Functions = 4;
    private const int KafkaPartitions = 4;
    private const string Account = "000000000000";

    // How far memory is looked at on the way to a large backlog.
    private static readonly int[] Stages = [1_000_000, 5_000_000];

    private static readonly TimeSpan Spread = TimeSpan.FromTicks(10);

    public static async Task RunAsync()
    {
        var events = int.Parse(Environment.GetEnvironmentVariable("GLUE_BENCH_EVENTS") ?? "200000");
        Console.WriteLine("| | events | events/s | processor µs per event | heads in memory | managed heap, MiB | resident, MiB |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        await ThroughAsync(20_000, what: null);
        await ThroughAsync(Math.Min(events, 1_000_000), "log (SQLite) to worker, while they arrive");
        await using (var broker = await KafkaBroker.StartAsync(KafkaPartitions))
        {
            var kafka = new KafkaEventLogOptions { BootstrapServers = broker.BootstrapServers, Properties = KafkaBroker.ClientProperties };
            await ThroughAsync(20_000, what: null, kafka with { Topic = "warm-up", GroupPrefix = "warm-up" });
            await ThroughAsync(Math.Min(events, 1_000_000), "log (Kafka) to worker, while they arrive", kafka);
            await RawKafka.RunAsync(Math.Min(events, 1_000_000), kafka with { Topic = "raw" }, Message(0, TimeProvider.System.GetUtcNow()).Value.ToArray());
        }

        await BacklogAsync(events);
    }

    /// <param name="events">How many.</param>
    /// <param name="what">Null: to warm up.</param>
    /// <param name="kafka">Where the log is; null: in SQLite.</param>
    private static async Task ThroughAsync(int events, string? what, KafkaEventLogOptions? kafka = null)
    {
        var counter = new Counter(events);
        await using var rig = await NewAsync(counter, kafka: kafka);
        await rig.StartAsync();
        var mark = new Mark(events);
        await AppendAsync(rig, events);
        await counter.All;
        if (what is not null)
        {
            mark.Report(what, rig.HeadCount);
        }
    }

    private static async Task BacklogAsync(int events)
    {
        using var folder = new TempFolder();
        var counter = new Counter(events);
        await using (var rig = await NewAsync(counter, folder))
        {
            var done = 0;
            foreach (var stage in Stages.Where(stage => stage < events).Append(events))
            {
                var stageMark = new Mark(stage - done);
                await EnqueueAsync(rig, done, stage);
                done = stage;
                stageMark.Report($"into the queue, nothing served, up to {stage:N0}", rig.HeadCount);
            }
        }

        var restart = Stopwatch.StartNew();
        await using var second = new DispatcherRig(Places, Worker(counter), folder);
        var mark = new Mark(events);
        await second.StartAsync();
        await counter.First;
        var first = restart.Elapsed;
        await counter.All;
        mark.Report("from the queue to the worker, after a restart", second.HeadCount);
        Console.WriteLine($"\nFrom the restart to the first run, with {events:N0} waiting: {first.TotalMilliseconds:0} ms.");
    }

    private static Func<FunctionVersion, InvokeRequest, Task<InvokeOutcome>> Worker(Counter counter)
    {
        var done = Task.FromResult(DispatcherRig.Success);
        return (_, _) =>
        {
            counter.Count();
            return done;
        };
    }

    private static async Task<DispatcherRig> NewAsync(Counter counter, TempFolder? folder = null, KafkaEventLogOptions? kafka = null)
    {
        var rig = new DispatcherRig(Places, Worker(counter), folder, kafka);
        for (var i = 0; i < Functions; i++)
        {
            await rig.DeployAsync(Account, Function(i));
            await rig.AddRuleAsync(Account, Bucket(i), Function(i));
        }

        return rig;
    }

    private static Task AppendAsync(DispatcherRig rig, int events)
    {
        var start = TimeProvider.System.GetUtcNow();
        return SendAsync(0, events, i => Message(i, start), batch => rig.Log.AppendAsync(batch, CancellationToken.None));
    }

    private static Task EnqueueAsync(DispatcherRig rig, int from, int to)
    {
        var start = TimeProvider.System.GetUtcNow();
        return SendAsync(
            from, to,
            i => DispatcherRig.New(Account, Function(i % Functions), Message(i, start).Value) with
            {
                OrderKey = $"{Bucket(i % Functions)}/{Key(i)}", Source = new InvocationSource("s3", "rule", Bucket(i % Functions), Key(i), Sequencer(i, start)),
            },
            batch => rig.Queue.EnqueueAsync(batch, CancellationToken.None));
    }

    private static async Task SendAsync<T>(int from, int to, Func<int, T> make, Func<List<T>, Task> send)
    {
        var waiting = new Queue<Task>();
        for (var sent = from; sent < to; sent += Batch)
        {
            waiting.Enqueue(send([.. Enumerable.Range(sent, Math.Min(Batch, to - sent)).Select(make)]));
            if (waiting.Count == 4)
            {
                await waiting.Dequeue();
            }
        }

        await Task.WhenAll(waiting);
    }

    private static string Function(int number) => $"f{number}";

    private static string Bucket(int number) => $"bucket-{number}";

    private static string Key(int number) => $"incoming/2026/11/picture-{number:000000000}.jpg";

    private static string Sequencer(int number, DateTimeOffset start) => ((start + (number * Spread)).Ticks / 10).ToString("X16");

    /// <summary>As AWS writes it; 0.8 KiB.</summary>
    private static EventLogMessage Message(int number, DateTimeOffset start)
    {
        var bucket = Bucket(number % Functions);
        var key = Key(number);
        return new EventLogMessage($"{bucket}/{key}", Encoding.UTF8.GetBytes(
            $$$$"""
            {"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"us-east-1","eventTime":"{{{{start + (number * Spread):yyyy-MM-ddTHH:mm:ss.fffZ}}}}",
            "eventName":"ObjectCreated:Put","userIdentity":{"principalId":"AIDAJDPLRKLG7UEXAMPLE"},"requestParameters":{"sourceIPAddress":"127.0.0.1"},
            "responseElements":{"x-amz-request-id":"C3D13FE58DE4C810","x-amz-id-2":"FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG4V5Wp6S7S/JRWeUWerMUE5JgHvANOjpD"},
            "s3":{"s3SchemaVersion":"1.0","configurationId":"rule","bucket":{"name":"{{{{bucket}}}}","ownerIdentity":{"principalId":"A3NL1KOZZKExample"},
            "arn":"arn:aws:s3:::{{{{bucket}}}}"},"object":{"key":"{{{{key}}}}","size":104857,"eTag":"d41d8cd98f00b204e9800998ecf8427e","sequencer":"{{{{Sequencer(number, start)}}}}"}}}]}
            """));
    }

    internal sealed class Mark(int events)
    {
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private readonly TimeSpan _processor = Environment.CpuUsage.TotalTime;

        public void Report(string what, int heads)
        {
            var (elapsed, processor) = (_clock.Elapsed, Environment.CpuUsage.TotalTime - _processor);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {what} | {events:N0} | {events / elapsed.TotalSeconds:N0} | {processor.TotalMicroseconds / events:0} | {heads:N0} | {GC.GetTotalMemory(forceFullCollection: true) / 1048576.0:0.0} | {Environment.WorkingSet / 1048576:0} |"));
        }
    }

    private sealed class Counter(int events)
    {
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;

        public Task First => _first.Task;

        public Task All => _all.Task;

        public void Count()
        {
            var count = Interlocked.Increment(ref _count);
            if (count == 1)
            {
                _first.SetResult();
            }

            if (count == events)
            {
                _all.SetResult();
            }
        }
    }
}
