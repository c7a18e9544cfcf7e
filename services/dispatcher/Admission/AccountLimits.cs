namespace Glue.Dispatcher.Admission;

/// <summary>What accounts may use: each the installation's defaults.</summary>
internal sealed class AccountLimits(DispatcherOptions options)
{
    private readonly AccountLimit _default = new() { Concurrency = options.AccountConcurrency };

    public AccountLimit Of(string accountId)
    {
        ArgumentException.ThrowIfNullOrEmpty(accountId);
        return _default;
    }
}
