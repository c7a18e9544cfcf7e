using Glue.Contracts.Functions;
using Glue.Workers.Sandboxes;

namespace Glue.Workers.Pool;

/// <summary>Sandboxes and waiters of one version. Guarded by the pool's lock.</summary>
internal sealed class VersionPool(VersionKey key, FunctionVersion version)
{
    private readonly LinkedList<Waiter> _waiters = [];

    public VersionKey Key { get; } = key;

    public FunctionVersion Version { get; } = version;

    /// <summary>Newest last: the one used last is the warmest, and the first can be given up.</summary>
    public List<IdleSandbox> Idle { get; } = [];

    /// <summary>All that belong here, whatever their state.</summary>
    public List<Sandbox> Sandboxes { get; } = [];

    /// <summary>Starts under way.</summary>
    public int Starting { get; set; }

    public int WaiterCount => _waiters.Count;

    /// <summary>Arrival of the waiter that waits longest; <see cref="long.MaxValue"/> without any.</summary>
    public long OldestSince => _waiters.First?.Value.Since ?? long.MaxValue;

    public bool IsEmpty => Sandboxes.Count == 0 && Starting == 0 && _waiters.Count == 0;

    public LinkedListNode<Waiter> Add(Waiter waiter) => _waiters.AddLast(waiter);

    public void Remove(LinkedListNode<Waiter> waiter)
    {
        if (waiter.List == _waiters)
        {
            _waiters.Remove(waiter);
        }
    }

    /// <summary>Gives to the waiter that came first. False: nobody waits.</summary>
    public bool TryGrant(Granted granted)
    {
        while (_waiters.First is { } first)
        {
            _waiters.RemoveFirst();
            if (first.Value.TryGrant(granted))
            {
                return true;
            }
        }

        return false;
    }
}
