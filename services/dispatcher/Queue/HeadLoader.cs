using Glue.Dispatcher.Fairness;

namespace Glue.Dispatcher.Queue;

/// <summary>Fills windows that run low from the disk, beside everything else that goes on.</summary>
internal sealed class HeadLoader(QueueParts parts)
{
    // Functions whose heads are read in one change: what is read at once stays small.
    private const int AtOnce = 32;

    private Task _loading = Task.CompletedTask;

    /// <summary>Whose windows are to be filled next. Under the lock.</summary>
    public List<FunctionKey> TakeLoads() => parts.Front.TakeLoads(AtOnce);

    /// <summary>Starts the loads, and answers all that are on the way: whoever finds nothing to lease waits for them, and hears their failure.</summary>
    public Task Loading(List<FunctionKey> more, bool isAwaited)
    {
        var started = more.Count == 0 ? Task.CompletedTask : LoadAsync(more);
        lock (parts.Lock)
        {
            var all = more.Count == 0 ? _loading : _loading.IsCompletedSuccessfully ? started : Task.WhenAll(_loading, started);
            _loading = isAwaited ? Task.CompletedTask : all;
            return all;
        }
    }

    private async Task LoadAsync(List<FunctionKey> functions)
    {
        var nowMs = parts.Clock.WallMs;
        try
        {
            await parts.Disk.WriteAsync(
                transaction =>
                {
                    foreach (var function in functions)
                    {
                        Load(transaction, function, nowMs);
                    }

                    return true;
                },
                CancellationToken.None);
        }
        catch
        {
            lock (parts.Lock)
            {
                functions.ForEach(function => parts.Front.LoadFailed(function, nowMs));
            }

            throw;
        }

        List<FunctionKey> more;
        lock (parts.Lock)
        {
            more = TakeLoads();
        }

        _ = Loading(more, isAwaited: false);
    }

    /// <summary>In the order of all changes, so that what is read and what memory was told never contradict each other.</summary>
    private void Load(IQueueTransaction transaction, FunctionKey function, long nowMs)
    {
        QueuePlace behind;
        int count;
        lock (parts.Lock)
        {
            (behind, count) = parts.Front.Load(function);
        }

        var rows = transaction.ReadyHeads(function, behind, count);
        transaction.WhenCommitted(() =>
        {
            lock (parts.Lock)
            {
                parts.Front.Loaded(function, rows, behind, rows.Count < count, nowMs);
            }

            parts.Wakeup.Wake();
        });
    }
}
