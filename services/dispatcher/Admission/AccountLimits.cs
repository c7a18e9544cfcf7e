using System.Collections.Concurrent;

namespace Glue.Dispatcher.Admission;

/// <summary>The limits of every account: the installation's defaults, unless an account was given its own.</summary>
internal sealed class AccountLimits(DispatcherOptions options)
{
    private readonly ConcurrentDictionary<string, AccountLimit> _own = new(StringComparer.Ordinal);

    private readonly AccountLimit _default = new()
    {
        Concurrency = options.AccountConcurrency,
        QueueLength = options.AccountQueueLength,
        MaxEventAge = options.MaxEventAge,
    };

    public AccountLimit Of(string accountId) => _own.GetValueOrDefault(accountId, _default);

    public void Set(string accountId, AccountLimit limit) => _own[accountId] = limit;
}
