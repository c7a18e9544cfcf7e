namespace Glue.Workers.Drivers.Process;

/// <summary>Control groups as this machine has them.</summary>
internal interface ICgroups
{
    /// <summary>In a sentence, for <c>glue doctor</c>.</summary>
    string Description { get; }

    /// <summary>Makes a group for one sandbox, with its limits set.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    ICgroup Create(string name, CgroupLimits limits);

    /// <summary>Removes what this worker made; sandboxes' groups must be gone.</summary>
    void Remove();
}

/// <param name="MemoryBytes">Of all processes and their tmpfs files together.</param>
/// <param name="Processes">Threads included.</param>
/// <param name="CpuShare">Share under contention, 1 to 10000; in proportion to memory.</param>
/// <param name="CpuMillis">Upper bound in thousandths of a core.</param>
internal sealed record CgroupLimits(long MemoryBytes, int Processes, int CpuShare, int CpuMillis);

/// <summary>The group of one sandbox.</summary>
internal interface ICgroup
{
    /// <summary>The files a process writes itself into.</summary>
    IReadOnlyList<string> ProcsFiles { get; }

    /// <summary>Whether the kernel killed something in it for want of memory.</summary>
    bool WasOutOfMemory();

    /// <summary>Kills what is left inside and removes it. False: it is still there.</summary>
    Task<bool> RemoveAsync();
}
