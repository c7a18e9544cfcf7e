using System.Collections.Concurrent;

namespace Glue.ObjectStore.Files;

/// <summary>
/// A few threads that wait for the disk. An fsync blocks for milliseconds; on the shared thread pool, as small as the
/// processor count, a burst of puts would stop everything else.
/// </summary>
internal sealed class DiskThreads : IDisposable
{
    // More than a handful gains nothing: concurrent fsyncs share the file system's journal commit.
    private const int Count = 8;

    private readonly BlockingCollection<Work> _queue = [];
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
        _queue.Add(work);
        return work.Done.Task;
    }

    public void Dispose()
    {
        _queue.CompleteAdding();
        foreach (var thread in _threads)
        {
            thread.Join();
        }

        _queue.Dispose();
    }

    private void Loop()
    {
        foreach (var work in _queue.GetConsumingEnumerable())
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

    private sealed record Work(Action Action)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
