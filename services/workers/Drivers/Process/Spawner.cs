using System.Collections.Concurrent;

namespace Glue.Workers.Drivers.Process;

/// <summary>
/// The one thread that starts processes. bubblewrap asks the kernel to be killed with its parent, and to the kernel the parent is the
/// thread that started it: a thread of the pool may end at any time and would take the sandbox with it.
/// </summary>
internal sealed class Spawner : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;
    private int _isDisposed;

    public Spawner()
    {
        _thread = new Thread(() =>
        {
            foreach (var work in _work.GetConsumingEnumerable())
            {
                work();
            }
        }) { IsBackground = true, Name = "sandbox spawner" };
        _thread.Start();
    }

    public Task<int> StartAsync(IReadOnlyList<string> command, int channel, int handover, int complaints)
    {
        var done = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(Native.Spawn(command, channel, handover, complaints));
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <summary>Ends the thread, and with it every process it started that still runs.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }
}
