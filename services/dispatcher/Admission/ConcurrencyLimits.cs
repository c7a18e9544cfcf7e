using System.Collections.Concurrent;

namespace Glue.Dispatcher.Admission;

/// <summary>
/// Admission: may one more invocation of this account run now? Synchronous and asynchronous ones count together, as Lambda's
/// account concurrency does. Reserved concurrency per function and scaling rates will be asked here as well.
/// </summary>
internal sealed class ConcurrencyLimits(int accountConcurrency)
{
    private readonly ConcurrentDictionary<string, Counter> _accounts = new(StringComparer.Ordinal);

    public int AccountConcurrency => accountConcurrency;

    /// <summary>Takes one place; every success is given back by <see cref="Leave"/>.</summary>
    public bool TryEnter(string accountId)
    {
        var counter = _accounts.GetOrAdd(accountId, static _ => new Counter());
        if (Interlocked.Increment(ref counter.Running) <= accountConcurrency)
        {
            return true;
        }

        Interlocked.Decrement(ref counter.Running);
        return false;
    }

    public void Leave(string accountId) => Interlocked.Decrement(ref _accounts[accountId].Running);

    public int Running(string accountId) => _accounts.TryGetValue(accountId, out var counter) ? Volatile.Read(ref counter.Running) : 0;

    private sealed class Counter
    {
        public int Running;
    }
}
