using Glue.Contracts.Invocations;
using Glue.StorageEvents.Intake;

namespace Glue.StorageEvents.FunctionalTests.Intake;

/// <summary>An invocation queue that remembers what it was given, every repeat included, and can be made to misbehave.</summary>
internal sealed class RecordingIntake : IInvocationIntake
{
    private readonly Lock _lock = new();
    private readonly List<Invocation> _taken = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs before a batch is taken; may throw (the queue refuses) or wait.</summary>
    public Func<Task> Before { get; set; } = () => Task.CompletedTask;

    /// <summary>Runs when the batch is durable but the caller does not know yet.</summary>
    public Func<Task> After { get; set; } = () => Task.CompletedTask;

    public IReadOnlyList<Invocation> Taken
    {
        get
        {
            lock (_lock)
            {
                return [.. _taken];
            }
        }
    }

    public async Task<int> EnqueueAsync(IReadOnlyList<Invocation> batch, CancellationToken cancellationToken)
    {
        await Before();
        int added;
        lock (_lock)
        {
            added = batch.Select(static invocation => invocation.Id).Except(_taken.Select(static invocation => invocation.Id)).Count();
            _taken.AddRange(batch);
            _changed.TrySetResult();
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        await After();
        return added;
    }

    /// <summary>Waits until so many different invocations were taken.</summary>
    public async Task<IReadOnlyList<Invocation>> TakenAsync(int count)
    {
        var limit = TimeSpan.FromSeconds(20);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_taken.DistinctBy(invocation => invocation.Id).Count() >= count)
                {
                    return [.. _taken];
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(limit);
        }
    }
}
