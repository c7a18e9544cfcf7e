using System.Collections.Concurrent;

namespace Glue.Dispatcher.Admission;

/// <summary>
/// Admission: may one more invocation run now? Synchronous and asynchronous ones count together, as Lambda's do: a function with reserved
/// concurrency within its own, all others of the account within what is not reserved, and each within its scaling rate.
/// </summary>
/// <param name="accounts">The accounts' limits.</param>
/// <param name="reservedOf">What an account's functions have reserved, all together.</param>
/// <param name="time">The clock of the scaling rate.</param>
internal sealed class ConcurrencyLimits(AccountLimits accounts, Func<string, int> reservedOf, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, AccountConcurrency> _accounts = new(StringComparer.Ordinal);

    private Action _roomIsMade = static () => { };

    /// <summary>Calls <paramref name="tell"/> when a place is given back after somebody was refused one, or limits were changed.</summary>
    public void WhenRoomIsMade(Action tell)
    {
        _roomIsMade += tell;
        accounts.WhenChanged(_ => tell());
    }

    /// <summary>Takes one place; every <see cref="AdmissionResult.Admitted"/> is given back by <see cref="Leave"/>.</summary>
    /// <param name="accountId">The owner.</param>
    /// <param name="function">The bare name.</param>
    /// <param name="reserved">Its reserved concurrency; null: none.</param>
    public AdmissionResult TryEnter(string accountId, string function, int? reserved) =>
        Of(accountId).TryEnter(function, reserved, Unreserved(accountId), time.GetTimestamp());

    /// <summary>Would <see cref="TryEnter"/> admit one now? It may have changed by then.</summary>
    public bool HasRoom(string accountId, string function, int? reserved) =>
        Of(accountId).HasRoom(function, reserved, Unreserved(accountId), time.GetTimestamp());

    public void Leave(string accountId, string function)
    {
        if (_accounts[accountId].Leave(function))
        {
            _roomIsMade();
        }
    }

    public int Running(string accountId) => _accounts.TryGetValue(accountId, out var account) ? account.Running : 0;

    private int Unreserved(string accountId) => accounts.Of(accountId).Concurrency - reservedOf(accountId);

    private AccountConcurrency Of(string accountId) =>
        _accounts.GetOrAdd(accountId, static (_, time) => new AccountConcurrency(time), time);
}
