using System.Collections.Concurrent;

namespace Glue.Dispatcher.Admission;

/// <summary>
/// Admission: may one more invocation run now? Synchronous and asynchronous ones count together, as Lambda's do: within what is provisioned for their
/// qualifier first, then a function with reserved concurrency within its own, all others of the account within what is neither reserved nor provisioned,
/// and each within its scaling rate (Lambda Developer Guide, "Understanding Lambda function scaling", read 2026-11).
/// </summary>
internal sealed class ConcurrencyLimits : IDisposable
{
    /// <summary>
    /// How long whoever the scaling rate refused waits until it is asked again: nothing ends that could tell it. In that time ten more may run.
    /// </summary>
    public static readonly TimeSpan RateLook = TimeSpan.FromMilliseconds(100);

    private readonly AccountLimits _accounts;
    private readonly Func<string, int> _setAsideOf;
    private readonly TimeProvider _time;
    private readonly int _burst;
    private readonly ConcurrentDictionary<string, AccountConcurrency> _running = new(StringComparer.Ordinal);
    private readonly ITimer _rateLook;
    private Action _roomIsMade = static () => { };
    private int _isRateLookSet;

    /// <param name="accounts">The accounts' limits.</param>
    /// <param name="setAsideOf">What an account's functions have reserved or, where nothing is reserved, provisioned, all together.</param>
    /// <param name="time">The clock of the scaling rate.</param>
    /// <param name="burst">How much a function's concurrency may rise at once, and every 10 s.</param>
    public ConcurrencyLimits(AccountLimits accounts, Func<string, int> setAsideOf, TimeProvider time, int burst = FunctionConcurrency.Burst)
    {
        (_accounts, _setAsideOf, _time, _burst) = (accounts, setAsideOf, time, burst);
        _rateLook = time.CreateTimer(_ => LookAgain(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// Calls <paramref name="tell"/> when a place is given back after somebody was refused one, when a function that was may rise again, or limits were changed.
    /// </summary>
    public void WhenRoomIsMade(Action tell)
    {
        _roomIsMade += tell;
        _accounts.WhenChanged(_ => tell());
    }

    /// <summary>Takes one place; every <see cref="AdmissionResult.Admitted"/> is given back by <see cref="Leave"/>.</summary>
    public AdmissionResult TryEnter(in AdmissionRequest request, out AdmittedPlace place) =>
        Noted(Of(request.AccountId).TryEnter(request, Unreserved(request.AccountId), _time.GetTimestamp(), out place));

    /// <summary>Would <see cref="TryEnter"/> admit it now? It may have changed by then.</summary>
    public bool HasRoom(in AdmissionRequest request) =>
        Noted(Of(request.AccountId).Look(request, Unreserved(request.AccountId), _time.GetTimestamp())) == AdmissionResult.Admitted;

    public void Leave(in AdmittedPlace place)
    {
        if (_running[place.AccountId].Leave(place, _time.GetTimestamp()))
        {
            _roomIsMade();
        }
    }

    public int Running(string accountId) => _running.TryGetValue(accountId, out var account) ? account.Running : 0;

    /// <summary>Functions of the account that memory knows anything of.</summary>
    public int Remembered(string accountId) => _running.TryGetValue(accountId, out var account) ? account.Remembered : 0;

    public void Dispose() => _rateLook.Dispose();

    private AdmissionResult Noted(AdmissionResult result)
    {
        if (result == AdmissionResult.ScalingRate && Interlocked.Exchange(ref _isRateLookSet, 1) == 0)
        {
            _rateLook.Change(RateLook, Timeout.InfiniteTimeSpan);
        }

        return result;
    }

    private void LookAgain()
    {
        Volatile.Write(ref _isRateLookSet, 0); // first: who is refused from here on sets it again
        _roomIsMade();
    }

    /// <returns>Null: the account is stopped.</returns>
    private int? Unreserved(string accountId) => _accounts.Of(accountId).Concurrency is var limit and not 0 ? limit - _setAsideOf(accountId) : null;

    private AccountConcurrency Of(string accountId) =>
        _running.GetOrAdd(accountId, static (_, limits) => new AccountConcurrency(limits._time, limits._burst), this);
}
