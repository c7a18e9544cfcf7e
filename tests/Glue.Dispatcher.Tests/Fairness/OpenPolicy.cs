using Glue.Dispatcher.Admission;
using Glue.Dispatcher.Fairness;

namespace Glue.Dispatcher.Tests.Fairness;

/// <summary>No limits unless a test sets one; everybody alike unless a test says otherwise.</summary>
internal sealed class OpenPolicy : IServicePolicy
{
    public Func<string, double> WeightOf { get; set; } = static _ => 1;

    public Func<FunctionKey, int> MemoryOf { get; set; } = static _ => 128;

    public Func<FunctionKey, bool> RoomOf { get; set; } = static _ => true;

    public Func<FunctionKey, bool> DeployedOf { get; set; } = static _ => true;

    public double Weight(string accountId) => WeightOf(accountId);

    public int MemoryMiB(FunctionKey function) => MemoryOf(function);

    public bool IsDeployed(FunctionKey function) => DeployedOf(function);

    public bool HasRoom(FunctionKey function) => RoomOf(function);

    public bool TryEnter(FunctionKey function, out AdmittedPlace? place)
    {
        place = new AdmittedPlace(function.AccountId, function.Name, PlaceKind.Account);
        return true;
    }

    public void Leave(in AdmittedPlace place)
    {
    }

    public void WhenRoomIsMade(Action tell)
    {
    }
}
