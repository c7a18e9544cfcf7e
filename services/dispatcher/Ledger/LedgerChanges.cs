namespace Glue.Dispatcher.Ledger;

/// <summary>Wakes those who wait for the ledger to change (<c>?wait=</c>). Costs nothing while nobody waits.</summary>
internal sealed class LedgerChanges
{
    private TaskCompletionSource? _next;

    /// <summary>Take it before reading the ledger: it completes with the first change after this call.</summary>
    public Task Next
    {
        get
        {
            var next = Volatile.Read(ref _next);
            if (next is not null)
            {
                return next.Task;
            }

            var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (Interlocked.CompareExchange(ref _next, made, null) ?? made).Task;
        }
    }

    public void Pulse()
    {
        if (Volatile.Read(ref _next) is not null)
        {
            Interlocked.Exchange(ref _next, null)?.TrySetResult();
        }
    }
}
