namespace Glue.ObjectStore.Files;

/// <summary>
/// A few threads that wait for the disk. An fsync blocks for milliseconds; on the shared thread pool, as small as the
/// processor count, a burst of puts would stop everything else.
/// </summary>
internal sealed class DiskThreads : IDisposable
{
    // More than a handful gains nothing: concurrent fsyncs share the file system's journal commit.
    private const int Count = 8;

    // Not a BlockingCollection: its takers spin before they sleep, and that was a tenth of the processor time of many small puts.
    private readonly Queue<Work> _queue = [];
    private bool _isOver;
    private readonly Thread[] _threads = new Thread[Count];

    public DiskThreads()
    {
        for (var i = 0; i < Count; i++)
        {
            _threads[i] = new Thread(Loop, maxStackSize: 256 * 1024) { IsBackground = true, Name = "object store fsync" };
            _threads[i].Start();
        }
    }

    /// <summary>Runs it on one of the threads.</summary>
    public Task RunAsync(Action action)
    {
        var work = new Work(action);
        lock (_queue)
        {
            ObjectDisposedException.ThrowIf(_isOver, this);
            _queue.Enqueue(work);
            Monitor.Pulse(_queue);
        }

        return work.Done.Task;
    }

    public void Dispose()
    {
        lock (_queue)
        {
            _isOver = true;
            Monitor.PulseAll(_queue);
        }

        foreach (var thread in _threads)
        {
            thread.Join();
        }
    }

    private void Loop()
    {
        while (Next() is { } work)
        {
            try
            {
                work.Action();
                work.Done.SetResult();
            }
            catch (Exception e)
            {
                work.Done.SetException(e); // the awaiting request answers it
            }
        }
    }

    /// <returns>Null: everything is done, and no more comes.</returns>
    private Work? Next()
    {
        lock (_queue)
        {
            Work? next;
            while (!_queue.TryDequeue(out next) && !_isOver)
            {
                Monitor.Wait(_queue);
            }

            return next;
        }
    }

    private sealed record Work(Action Action)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
