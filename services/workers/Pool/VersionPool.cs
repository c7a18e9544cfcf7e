using Glue.Contracts.Functions;
using Glue.Workers.Sandboxes;

namespace Glue.Workers.Pool;

/// <summary>Sandboxes and waiters of one version. Guarded by the pool's lock.</summary>
internal sealed class VersionPool(VersionKey key, FunctionVersion version)
{
    private readonly LinkedList<Waiter> _waiters = [];
    private readonly HashSet<Sandbox> _starting = [];

    public VersionKey Key { get; } = key;

    public FunctionVersion Version { get; } = version;

    /// <summary>Started for a call, now idle. Newest last: the one used last is the warmest, and the first can be given up.</summary>
    public List<IdleSandbox> Idle { get; } = [];

    public ProvisionedSandboxes Provisioned { get; } = new();

    /// <summary>All that belong here, whatever their state.</summary>
    public List<Sandbox> Sandboxes { get; } = [];

    /// <summary>Starts under way: each until its sandbox is here to serve whoever waits, or has failed.</summary>
    public int Starting => _starting.Count;

    public int IdleCount => Idle.Count + Provisioned.Idle.Count;

    public int WaiterCount => _waiters.Count;

    /// <summary>Arrival of the waiter that waits longest; <see cref="long.MaxValue"/> without any.</summary>
    public long OldestSince => _waiters.First?.Value.Since ?? long.MaxValue;

    public bool IsEmpty => Sandboxes.Count == 0 && Starting == 0 && _waiters.Count == 0 && Provisioned.Wanted == 0;

    public void BeginStart(Sandbox sandbox)
    {
        Sandboxes.Add(sandbox);
        _starting.Add(sandbox);
    }

    /// <returns>False: it had ended.</returns>
    public bool EndStart(Sandbox sandbox) => _starting.Remove(sandbox);

    /// <summary>Takes the warmest, provisioned ones first. Null: none is idle.</summary>
    public Sandbox? TakeIdle()
    {
        if (Provisioned.TakeIdle() is { } provisioned)
        {
            return provisioned;
        }

        if (Idle.Count == 0)
        {
            return null;
        }

        var sandbox = Idle[^1].Sandbox;
        Idle.RemoveAt(Idle.Count - 1);
        return sandbox;
    }

    /// <returns>False: it was not idle.</returns>
    public bool TakeIdle(Sandbox sandbox) => Idle.RemoveAll(each => each.Sandbox == sandbox) > 0 || Provisioned.Idle.Remove(sandbox);

    /// <summary>Nothing is left of it.</summary>
    public void Forget(Sandbox sandbox)
    {
        TakeIdle(sandbox);
        Provisioned.Forget(sandbox);
        Sandboxes.Remove(sandbox);
    }

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
