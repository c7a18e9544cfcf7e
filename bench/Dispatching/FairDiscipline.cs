using Glue.Dispatcher.Admission;
using Glue.Dispatcher.Fairness;

namespace Glue.Bench.Dispatching;

/// <summary>The production scheduler, with a queue for each tenant.</summary>
internal sealed class FairDiscipline : IDiscipline, IServicePolicy
{
    private readonly Dictionary<string, (Tenant Tenant, Queue<long> Charges)> _running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _waiting = new(StringComparer.Ordinal);
    private readonly FairScheduler _scheduler;

    public FairDiscipline(int places) => _scheduler = new FairScheduler(this, places);

    public void Arrived(Tenant tenant)
    {
        _running.TryAdd(tenant.Account, (tenant, new Queue<long>()));
        _waiting[tenant.Account] = _waiting.GetValueOrDefault(tenant.Account) + 1;
        _scheduler.SetReady(Key(tenant), true);
    }

    public Tenant? Next()
    {
        if (_scheduler.Next() is not { } key)
        {
            return null;
        }

        var (tenant, charges) = _running[key.AccountId];
        charges.Enqueue(_scheduler.Started(key));
        _scheduler.SetReady(key, --_waiting[key.AccountId] > 0);
        return tenant;
    }

    public void Finished(Tenant tenant) => _scheduler.Finished(Key(tenant), _running[tenant.Account].Charges.Dequeue(), tenant.Service);

    public double Weight(string accountId) => 1;

    public int MemoryMiB(FunctionKey function) => 128;

    public bool IsDeployed(FunctionKey function) => true;

    public bool HasRoom(FunctionKey function) => true;

    public bool TryEnter(FunctionKey function, out AdmittedPlace? place)
    {
        place = null;
        return true;
    }

    public void Leave(in AdmittedPlace place)
    {
    }

    public void WhenRoomIsMade(Action tell)
    {
    }

    private static FunctionKey Key(Tenant tenant) => new(tenant.Account, "f");
}
