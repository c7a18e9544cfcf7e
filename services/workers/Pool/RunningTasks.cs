namespace Glue.Workers.Pool;

/// <summary>Tasks that somebody awaits at the end.</summary>
internal sealed class RunningTasks
{
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _tasks = [];

    public void Add(Task task)
    {
        lock (_lock)
        {
            _tasks.Add(task);
        }

        _ = task.ContinueWith(
            static (task, state) =>
            {
                var self = (RunningTasks)state!;
                lock (self._lock)
                {
                    self._tasks.Remove(task);
                }
            },
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>Done when all are that were added so far.</summary>
    public Task WhenAll()
    {
        lock (_lock)
        {
            return Task.WhenAll(_tasks);
        }
    }
}
