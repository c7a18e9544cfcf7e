using Glue.Dispatcher.Admission;
using Glue.Dispatcher.Functions;
using Glue.Dispatcher.Queue;

namespace Glue.Dispatcher.Dispatch;

/// <summary>How old an event may become: what is set for its qualifier, else the installation's, or the account's where that is shorter.</summary>
internal sealed class EventAges(DispatcherOptions options, AccountLimits accounts, IDeployedFunctions functions) : IEventAges
{
    public TimeSpan MaxAge(string accountId, string functionName, string? qualifier) =>
        Of(accountId, functions.Resolve(accountId, functionName, qualifier)?.State.EventInvoke);

    public TimeSpan ShortestMaxAge(string accountId, string functionName)
    {
        if (functions.Resolve(accountId, functionName, qualifier: null)?.Function is not { } function)
        {
            return Of(accountId, config: null);
        }

        // A version or alias with nothing set has the installation's.
        var configs = function.State.Qualified.Values.Select(static settings => settings.EventInvoke).Append(function.State.EventInvoke);
        var others = function.Versions.Count + function.State.Aliases.Count > 0 ? configs.Append(null) : configs;
        return others.Min(config => Of(accountId, config));
    }

    public TimeSpan Of(string accountId, EventInvokeConfig? config)
    {
        var own = config?.MaximumEventAgeInSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : options.MaxEventAge;
        return accounts.Of(accountId).QueueAge is { } most && most < own ? most : own;
    }
}
