using System.Collections.Concurrent;
using Glue.AttachedStores.Stores;

namespace Glue.AttachedStores.Polling;

/// <summary>
/// How many requests are under way at once: of a store, of an account's stores, of all. A store that takes requests and never answers holds each of them
/// for a minute; it must not hold those of the others. Thread-safe.
/// </summary>
internal sealed class StoreSlots(PollOptions options) : IDisposable
{
    private readonly SemaphoreSlim _ofAll = new(options.RequestsAtOnce);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _ofAccounts = new(StringComparer.Ordinal);

    /// <summary>A store's own, and those that it shares: the narrowest first, so that nobody waits for the narrow with the wide in hand.</summary>
    public IReadOnlyList<SemaphoreSlim> Of(AttachedStore store) =>
    [
        new SemaphoreSlim(options.StoreRequestsAtOnce),
        _ofAccounts.GetOrAdd(store.AccountId, static (_, count) => new SemaphoreSlim(count), options.AccountRequestsAtOnce),
        _ofAll,
    ];

    public void Dispose()
    {
        _ofAll.Dispose();
        foreach (var ofAccount in _ofAccounts.Values)
        {
            ofAccount.Dispose();
        }
    }
}
