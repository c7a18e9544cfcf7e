using System.Text;
using System.Text.Json;
using Glue.Contracts.Invocations;
using Glue.Dispatcher.EventSources;
using Microsoft.Extensions.DependencyInjection;

namespace Glue.Dispatcher.Tests.EventSources;

/// <summary>A partition's delivery with a function that is a script, and everything it does recorded.</summary>
internal sealed class ScriptedDelivery : IBatchInvoker, IFailedBatches, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<EventSourceMetrics>().BuildServiceProvider();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _aborting = new();
    private readonly PartitionFeed _feed = new(TimeProvider.System);
    private readonly Lock _lock = new();
    private readonly List<long> _commits = [];
    private readonly Task _running;
    private TaskCompletionSource _happened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ScriptedDelivery(Func<IReadOnlyList<long>, InvokeOutcome> script, Func<EventSourceMapping, EventSourceMapping>? configure = null)
    {
        Script = script;
        Mapping = new EventSourceMapping
        {
            Uuid = "u",
            AccountId = "000000000000",
            FunctionName = "f",
            BootstrapServers = ["b:1"],
            Topic = "orders",
            StartingPosition = StartingPosition.TrimHorizon,
            LastModified = default,
            MaximumBatchingWindowInSeconds = 0,
        };
        Mapping = configure?.Invoke(Mapping) ?? Mapping;
        var options = new EventSourceOptions { FirstRetry = TimeSpan.FromMilliseconds(1), LongestRetry = TimeSpan.FromMilliseconds(5) };
        var delivery = new PartitionDelivery(
            () => Mapping, _feed, this, this, next => Happened(() => _commits.Add(next)), Status, options, TimeProvider.System, _services.GetRequiredService<EventSourceMetrics>());
        _running = delivery.RunAsync(_stopping.Token, _aborting.Token);
    }

    public EventSourceMapping Mapping { get; set; }

    public Func<IReadOnlyList<long>, InvokeOutcome> Script { get; set; }

    public MappingStatus Status { get; } = new();

    /// <summary>Offsets of each try.</summary>
    public List<IReadOnlyList<long>> Tries { get; } = [];

    public List<FailedBatch> GivenUp { get; } = [];

    public static InvokeOutcome Succeed(string answer = "null") => new() { Status = InvokeStatus.Succeeded, Payload = Encoding.UTF8.GetBytes(answer) };

    public static InvokeOutcome Fail() => new() { Status = InvokeStatus.FunctionError, Payload = "{}"u8.ToArray() };

    public static InvokeOutcome NotRun() => new() { Status = InvokeStatus.NotRun, Reason = "busy" };

    public void Add(params IEnumerable<SourceRecord> records)
    {
        foreach (var record in records)
        {
            _feed.Add(record);
        }
    }

    /// <summary>Waits until that offset is committed; the record before it is settled.</summary>
    public Task CommittedAsync(long next) => UntilAsync(() => _commits.Contains(next));

    public bool HasCommitted(long next)
    {
        lock (_lock)
        {
            return _commits.Contains(next);
        }
    }

    public Task TriedAsync(int times) => UntilAsync(() => Tries.Count >= times);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _aborting.CancelAsync();
        await _running;
        _stopping.Dispose();
        _aborting.Dispose();
        await _services.DisposeAsync();
    }

    Task<BatchOutcome> IBatchInvoker.InvokeAsync(
        EventSourceMapping mapping, ReadOnlyMemory<byte> payload, CancellationToken waiting, CancellationToken running)
    {
        using var json = JsonDocument.Parse(payload);
        var offsets = json.RootElement.GetProperty("records").GetProperty("orders-3").EnumerateArray().Select(static record => record.GetProperty("offset").GetInt64()).ToList();
        var outcome = Script(offsets);
        Happened(() => Tries.Add(offsets));
        return Task.FromResult(new BatchOutcome("request", "$LATEST", outcome));
    }

    Task IFailedBatches.TakeAsync(FailedBatch batch, MappingStatus status, CancellationToken cancellationToken)
    {
        Happened(() => GivenUp.Add(batch));
        return Task.CompletedTask;
    }

    private void Happened(Action what)
    {
        lock (_lock)
        {
            what();
            _happened.TrySetResult();
            _happened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            Task next;
            lock (_lock)
            {
                if (holds())
                {
                    return;
                }

                next = _happened.Task;
            }

            await next.WaitAsync(limit.Token);
        }
    }
}
