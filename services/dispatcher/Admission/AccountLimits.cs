using System.Collections.Concurrent;
using Glue.Dispatcher.Accounts;

namespace Glue.Dispatcher.Admission;

/// <summary>What accounts may use: what was set for each, else the installation's defaults. Asked for every invocation: a lookup in memory.</summary>
internal sealed class AccountLimits
{
    private readonly AccountStore? _accounts;
    private readonly AccountLimit _default;
    private readonly ConcurrentDictionary<string, AccountLimit> _limits = new(StringComparer.Ordinal);
    private readonly Lock _refreshing = new();

    private Action<string> _changed = static _ => { };

    /// <param name="options">The defaults.</param>
    /// <param name="accounts">Null: every account has the defaults.</param>
    public AccountLimits(DispatcherOptions options, AccountStore? accounts = null)
    {
        _accounts = accounts;
        _default = new AccountLimit { Concurrency = options.AccountConcurrency };
        if (accounts is not null)
        {
            accounts.WhenChanged(Refresh);
            foreach (var account in accounts.All)
            {
                Refresh(account.Id);
            }
        }
    }

    /// <summary>Calls <paramref name="tell"/> with the id when an account's limits were changed and are in force. At composing only.</summary>
    public void WhenChanged(Action<string> tell) => _changed += tell;

    /// <remarks>An account that was just added has the defaults until somebody changes it, so it need not be known here.</remarks>
    public AccountLimit Of(string accountId) => _limits.GetValueOrDefault(accountId, _default);

    private void Refresh(string accountId)
    {
        lock (_refreshing) // of two changes the later one must be the one that is kept
        {
            if (_accounts!.Find(accountId) is { } account)
            {
                _limits[accountId] = new AccountLimit
                {
                    Concurrency = account.Concurrency ?? _default.Concurrency,
                    Weight = account.Weight,
                    QueueLength = account.QueueLength,
                    QueueAge = account.QueueAge,
                };
            }
            else
            {
                _limits.TryRemove(accountId, out _);
            }
        }

        _changed(accountId);
    }
}
