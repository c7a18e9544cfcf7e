using Glue.Contracts.Functions;
using Glue.Workers.Sandboxes;

namespace Glue.Workers.Pool;

/// <summary>
/// The sandboxes of one version that are kept initialised: never given up for idleness or for others' sake, replaced when they end.
/// Guarded by the pool's lock.
/// </summary>
internal sealed class ProvisionedSandboxes
{
    private readonly HashSet<Sandbox> _all = [];

    /// <summary>How many there are to be.</summary>
    public int Wanted { get; private set; }

    /// <summary>Those that wait for work.</summary>
    public List<Sandbox> Idle { get; } = [];

    /// <summary>Why the last start failed, until it is time to try again.</summary>
    public string? Failure { get; set; }

    /// <summary>What there is no room for, until there may be some.</summary>
    public string? ShortOfRoom { get; set; }

    /// <summary>One should be started.</summary>
    public bool IsMissingOne => _all.Count < Wanted && Failure is null && ShortOfRoom is null;

    public ProvisionedState State =>
        new(_all.Count, _all.Count(static each => each.State is SandboxState.Ready or SandboxState.Busy), _all.Count < Wanted ? Failure ?? ShortOfRoom : null);

    /// <summary>Changes how many there are to be.</summary>
    /// <returns>Idle ones that are too many.</returns>
    public List<Sandbox> Want(int count)
    {
        if (count != Wanted)
        {
            (Wanted, Failure, ShortOfRoom) = (count, null, null);
        }

        List<Sandbox> surplus = [];
        while (_all.Count > Wanted && TakeIdle() is { } sandbox)
        {
            _all.Remove(sandbox);
            surplus.Add(sandbox);
        }

        return surplus;
    }

    public void Add(Sandbox sandbox) => _all.Add(sandbox);

    public bool Has(Sandbox sandbox) => _all.Contains(sandbox);

    /// <summary>It has nothing to do.</summary>
    /// <returns>False: it is one too many, and no longer of these.</returns>
    public bool Keep(Sandbox sandbox)
    {
        Failure = null;
        if (_all.Count > Wanted)
        {
            _all.Remove(sandbox);
            return false;
        }

        Idle.Add(sandbox);
        return true;
    }

    public Sandbox? TakeIdle()
    {
        if (Idle.Count == 0)
        {
            return null;
        }

        var sandbox = Idle[^1];
        Idle.RemoveAt(Idle.Count - 1);
        return sandbox;
    }

    public void Forget(Sandbox sandbox) => _all.Remove(sandbox);
}
