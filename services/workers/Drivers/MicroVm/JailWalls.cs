namespace Glue.Workers.Drivers.MicroVm;

/// <summary>What VMMs can be shut in with on a machine (<see cref="Probe.JailProbe"/> finds out).</summary>
internal enum JailWalls
{
    /// <summary>Only what needs nothing of the machine: no privilege, few descriptors, the VMM's own system call filter.</summary>
    None,

    /// <summary>Root's: a root of its own, made by the agent (its JailRoot), and a user of its own.</summary>
    OwnRoot,

    /// <summary>Everybody's: the same in a user namespace, with processes of its own, made by bubblewrap.</summary>
    UserNamespace,
}
