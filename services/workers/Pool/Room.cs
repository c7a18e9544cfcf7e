using Glue.Contracts.Functions;
using Glue.Workers.Sandboxes;

namespace Glue.Workers.Pool;

/// <summary>Memory and places of a worker: what its sandboxes use, and what may be given up for another. Guarded by the pool's lock.</summary>
/// <param name="budgetMiB">Sum of the memory sizes.</param>
/// <param name="maxSandboxes">Alive at once.</param>
internal sealed class Room(int budgetMiB, int maxSandboxes)
{
    private readonly Dictionary<Sandbox, VersionPool> _alive = [];

    public int BudgetMiB => budgetMiB;

    public int MaxSandboxes => maxSandboxes;

    public int UsedMiB { get; private set; }

    public IReadOnlyDictionary<Sandbox, VersionPool> Alive => _alive;

    public void Add(Sandbox sandbox, VersionPool pool)
    {
        _alive.Add(sandbox, pool);
        UsedMiB += sandbox.Version.MemoryMiB;
    }

    /// <returns>Where it belonged; null: it was removed before.</returns>
    public VersionPool? Remove(Sandbox sandbox)
    {
        if (!_alive.Remove(sandbox, out var pool))
        {
            return null;
        }

        UsedMiB -= sandbox.Version.MemoryMiB;
        return pool;
    }

    /// <summary>Is there room now? If not, the least recently used idle sandboxes that would make it are taken for the caller to end.</summary>
    public bool HasFor(FunctionVersion version, IEnumerable<VersionPool> pools, List<Sandbox> evicted)
    {
        var missingMiB = UsedMiB + version.MemoryMiB - budgetMiB;
        var missingPlaces = _alive.Count + 1 - maxSandboxes;
        if (missingMiB <= 0 && missingPlaces <= 0)
        {
            return true;
        }

        foreach (var leaving in _alive.Keys.Where(static each => each.State == SandboxState.Draining))
        {
            missingMiB -= leaving.Version.MemoryMiB; // makes room by itself
            missingPlaces--;
        }

        while ((missingMiB > 0 || missingPlaces > 0) && TakeLeastRecentlyUsed(pools) is { } sandbox)
        {
            evicted.Add(sandbox);
            missingMiB -= sandbox.Version.MemoryMiB;
            missingPlaces--;
        }

        return false;
    }

    private static Sandbox? TakeLeastRecentlyUsed(IEnumerable<VersionPool> pools)
    {
        VersionPool? from = null;
        foreach (var pool in pools)
        {
            if (pool.Idle.Count > 0 && (from is null || pool.Idle[0].Since < from.Idle[0].Since))
            {
                from = pool;
            }
        }

        var sandbox = from?.Idle[0].Sandbox;
        from?.Idle.RemoveAt(0);
        return sandbox;
    }
}
