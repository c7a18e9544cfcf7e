namespace Glue.Bench.Dispatching;

/// <summary>Stochastic fair queueing: 64 queues in turn; an event goes to the shorter of the two its tenant is hashed to.</summary>
internal sealed class StochasticFairDiscipline : IDiscipline
{
    private const int Queues = 64;

    private readonly Queue<Tenant>[] _queues = [.. Enumerable.Range(0, Queues).Select(static _ => new Queue<Tenant>())];
    private int _at;

    public void Arrived(Tenant tenant)
    {
        var (one, other) = (_queues[Hash(tenant, 17)], _queues[Hash(tenant, 91)]);
        (one.Count <= other.Count ? one : other).Enqueue(tenant);
    }

    public Tenant? Next()
    {
        for (var looked = 0; looked < Queues; looked++)
        {
            _at = (_at + 1) % Queues;
            if (_queues[_at].TryDequeue(out var tenant))
            {
                return tenant;
            }
        }

        return null;
    }

    public void Finished(Tenant tenant)
    {
    }

    /// <summary>FNV-1a: the same in every run, as <c>string.GetHashCode</c> is not.</summary>
    private static int Hash(Tenant tenant, uint seed)
    {
        var hash = 2166136261 ^ seed;
        foreach (var letter in tenant.Account)
        {
            hash = (hash ^ letter) * 16777619;
        }

        return (int)(hash % Queues);
    }
}
