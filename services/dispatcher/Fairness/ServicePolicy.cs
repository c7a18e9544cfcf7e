using Glue.Dispatcher.Admission;
using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.Fairness;

/// <summary>What fair service asks, answered from the functions deployed and the limits in force.</summary>
internal sealed class ServicePolicy(FunctionStore functions, AccountLimits accounts, ConcurrencyLimits limits) : IServicePolicy
{
    private const int SmallestMiB = 128;

    public void WhenRoomIsMade(Action tell)
    {
        limits.WhenRoomIsMade(tell);
        functions.WhenChanged((_, _) => tell()); // a reservation that is raised, or given back to the account
    }

    public double Weight(string accountId) => accounts.Of(accountId).Weight;

    public int MemoryMiB(FunctionKey function) => functions.Find(function.AccountId, function.Name)?.State.MemoryMiB ?? SmallestMiB;

    public bool IsDeployed(FunctionKey function) => functions.Find(function.AccountId, function.Name) is not null;

    /// <remarks>Of a function that is gone or stopped, always: its entries are to be dead-lettered.</remarks>
    public bool HasRoom(FunctionKey function) =>
        functions.Resolve(function.AccountId, function.Name, qualifier: null) is not { State.ReservedConcurrency: not 0 } found || limits.HasRoom(AdmissionRequest.Of(found));
}
