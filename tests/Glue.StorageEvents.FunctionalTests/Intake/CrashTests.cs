using Glue.Contracts.Storage;
using Glue.StorageEvents.EventLog;
using Glue.StorageEvents.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using static Glue.StorageEvents.Tests.Rules.Configurations;

namespace Glue.StorageEvents.FunctionalTests.Intake;

/// <summary>
/// Stops the intake dead at each of its steps, under load, and starts it again over the same files: nothing may be skipped, and what
/// comes twice must be recognisable. (Real SIGKILLs, together with the object store, are in ObjectStore/.)
/// </summary>
public sealed class CrashTests : IDisposable
{
    private const int Keys = 60;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Step.BeforeEnqueue, 0)]
    [InlineData(Step.BeforeEnqueue, 2)]
    [InlineData(Step.EnqueuedButNotToldSo, 0)]
    [InlineData(Step.EnqueuedButNotToldSo, 2)]
    [InlineData(Step.BeforeCommit, 0)]
    [InlineData(Step.BeforeCommit, 1)]
    [InlineData(Step.CommittedButNotToldSo, 0)]
    [InlineData(Step.CommittedButNotToldSo, 1)]
    public async Task Nothing_is_skipped_wherever_it_stops(Step step, int timesBefore)
    {
        var intake = new RecordingIntake();
        var stop = new StopAt(step, timesBefore);
        intake.Before = () => stop.PassAsync(Step.BeforeEnqueue);
        intake.After = () => stop.PassAsync(Step.EnqueuedButNotToldSo);
        await using (var first = await StorageEventsUnderTest.StartAsync(_folder, intake, change: services => CommitThrough(stop, services)))
        {
            await first.PutRulesAsync(Rule());
            await first.RecordAsync(Puts(0, Keys / 2));
            await stop.Reached.WaitAsync(TimeSpan.FromSeconds(20));
            await first.RecordAsync(Puts(Keys / 2, Keys));
            stop.LeaveFailing();
        }

        intake.Before = intake.After = () => Task.CompletedTask;
        await using var second = await StorageEventsUnderTest.StartAsync(_folder, intake);
        var taken = await intake.TakenAsync(Keys);
        Assert.Equal(
            Puts(0, Keys).Select(change => change.Key),
            taken.Select(invocation => invocation.Source.ObjectKey).Distinct().Order(StringComparer.Ordinal));
        Assert.All(
            taken.GroupBy(invocation => invocation.Source.ObjectKey),
            ofKey => Assert.Single(ofKey.Select(invocation => invocation.Id).Distinct()));
    }

    [Fact]
    public async Task After_a_clean_stop_nothing_comes_twice()
    {
        var intake = new RecordingIntake();
        await using (var first = await StorageEventsUnderTest.StartAsync(_folder, intake))
        {
            await first.PutRulesAsync(Rule());
            await first.RecordAsync(Puts(0, Keys));
            await intake.TakenAsync(Keys);
        }

        await using var second = await StorageEventsUnderTest.StartAsync(_folder, intake);
        await second.RecordAsync(Changes.Put("one-more"));
        Assert.Equal(Keys + 1, (await intake.TakenAsync(Keys + 1)).Count);
    }

    private static ObjectChange[] Puts(int from, int to) =>
        [.. Enumerable.Range(from, to - from).Select(i => Changes.Put($"key-{i:00}"))];

    private static void CommitThrough(StopAt stop, IServiceCollection services) =>
        services.Replace(ServiceDescriptor.Singleton<IEventLog>(provider => new StoppingLog(provider.GetRequiredService<SqliteEventLog>(), stop)));

    public enum Step
    {
        BeforeEnqueue,
        EnqueuedButNotToldSo,
        BeforeCommit,
        CommittedButNotToldSo,
    }

    /// <summary>Lets a step pass some times, then holds it and all after it: from there on nothing gets through, as in a dead process.</summary>
    private sealed class StopAt(Step step, int timesBefore)
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _never = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _passed;

        public Task Reached => _reached.Task;

        public Task PassAsync(Step now)
        {
            if (!_reached.Task.IsCompleted && (now != step || ++_passed <= timesBefore))
            {
                return Task.CompletedTask;
            }

            _reached.TrySetResult();
            return _never.Task;
        }

        /// <summary>Lets the loop come back from where it is held, so that it can be taken down; it still gets nothing done.</summary>
        public void LeaveFailing() => _never.SetException(new IOException("stopped dead"));
    }

    private sealed class StoppingLog(SqliteEventLog log, StopAt stop) : IEventLog
    {
        public Task AppendAsync(IReadOnlyList<EventLogMessage> batch, CancellationToken cancellationToken) => log.AppendAsync(batch, cancellationToken);

        public IEventLogReader OpenReader() => log.OpenReader();

        public IEventLogConsumer OpenConsumer(string name) => new StoppingConsumer(log.OpenConsumer(name), stop);
    }

    private sealed class StoppingConsumer(IEventLogConsumer consumer, StopAt stop) : IEventLogConsumer
    {
        public Task<IReadOnlyList<EventLogRecord>> ReadAsync(int maxRecords, CancellationToken cancellationToken) =>
            consumer.ReadAsync(maxRecords, cancellationToken);

        public async Task CommitAsync(IReadOnlyList<EventLogRecord> batch, CancellationToken cancellationToken)
        {
            await stop.PassAsync(Step.BeforeCommit);
            await consumer.CommitAsync(batch, cancellationToken);
            await stop.PassAsync(Step.CommittedButNotToldSo);
        }

        public ValueTask DisposeAsync() => consumer.DisposeAsync();
    }
}
