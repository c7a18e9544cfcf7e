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

    public int MemoryMiB(FunctionKey function) => Of(function)?.Version.MemoryMiB ?? SmallestMiB;

    public bool IsDeployed(FunctionKey function) => Of(function) is not null;

    /// <remarks>Of a function or qualifier that is gone, and of a function that is stopped, always: its entries are to be dead-lettered.</remarks>
    public bool HasRoom(FunctionKey function) =>
        Runnable(function) is not { } found || limits.HasRoom(AdmissionRequest.Of(found));

    public bool TryEnter(FunctionKey function, out AdmittedPlace? place)
    {
        place = null;
        if (Runnable(function) is not { } found)
        {
            return true;
        }

        var isAdmitted = limits.TryEnter(AdmissionRequest.Of(found), out var taken) == AdmissionResult.Admitted;
        place = isAdmitted ? taken : null;
        return isAdmitted;
    }

    public void Leave(in AdmittedPlace place) => limits.Leave(place);

    private QualifiedFunction? Runnable(FunctionKey function) => Of(function) is { State.ReservedConcurrency: not 0 } found ? found : null;

    private QualifiedFunction? Of(FunctionKey function) => functions.Resolve(function.AccountId, function.Name, function.Qualifier);
}
