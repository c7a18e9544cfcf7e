using System.Globalization;

namespace Glue.Workers.Drivers.Process;

/// <summary>
/// The unified hierarchy. The worker's own group must be its to divide (root in a container, or <c>Delegate=yes</c> of systemd): it
/// moves itself into a leaf, because a group with processes of its own cannot hand its controllers down.
/// </summary>
internal sealed class CgroupsV2 : ICgroups
{
    private const int PeriodMicros = 100_000;

    private readonly string _folder;

    private CgroupsV2(string folder) => _folder = folder;

    public string Description => "version 2, delegated";

    /// <exception cref="IOException">Not delegated, or a controller is missing.</exception>
    public static CgroupsV2 Open()
    {
        var own = File.ReadLines("/proc/self/cgroup").FirstOrDefault(static line => line.StartsWith("0::", StringComparison.Ordinal))
            ?? throw new IOException("there is no unified hierarchy");
        var root = "/sys/fs/cgroup" + own[3..].TrimEnd('/');
        if (Path.GetFileName(root).StartsWith(CgroupFolder.Prefix, StringComparison.Ordinal))
        {
            root = Path.GetDirectoryName(root)!; // a second worker of this process finds itself in the leaf already
        }

        var controllers = File.ReadAllText(Path.Combine(root, "cgroup.controllers")).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        string[] wanted = ["memory", "pids", "cpu"];
        if (wanted.Except(controllers).ToArray() is { Length: > 0 } missing)
        {
            throw new IOException($"the controllers {string.Join(", ", missing)} are not handed down to {root}");
        }

        CgroupFolder.Sweep(root);
        var leaf = Directory.CreateDirectory($"{root}/{CgroupFolder.Prefix}worker").FullName;
        CgroupFolder.Write(leaf, "cgroup.procs", "0");
        CgroupFolder.Write(root, "cgroup.subtree_control", "+memory +pids +cpu");
        var folder = Directory.CreateDirectory($"{root}/{CgroupFolder.Prefix}{Environment.ProcessId}").FullName;
        CgroupFolder.Write(folder, "cgroup.subtree_control", "+memory +pids +cpu");
        return new CgroupsV2(folder);
    }

    public ICgroup Create(string name, CgroupLimits limits)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        CgroupFolder.Write(folder, "memory.max", limits.MemoryBytes.ToString(CultureInfo.InvariantCulture));
        CgroupFolder.Write(folder, "memory.swap.max", "0");
        CgroupFolder.Write(folder, "pids.max", limits.Processes.ToString(CultureInfo.InvariantCulture));
        CgroupFolder.Write(folder, "cpu.weight", Math.Clamp(limits.CpuShare / 100, 1, 100).ToString(CultureInfo.InvariantCulture)); // 100 is the default of all others
        CgroupFolder.Write(folder, "cpu.max", $"{limits.CpuMillis * (PeriodMicros / 1000)} {PeriodMicros}");
        return new Group(folder);
    }

    public void Remove() => CgroupFolder.TryRemove(_folder);

    private sealed class Group(string folder) : ICgroup
    {
        public IReadOnlyList<string> ProcsFiles { get; } = [Path.Combine(folder, "cgroup.procs")];

        public bool WasOutOfMemory()
        {
            try
            {
                return File.ReadLines(Path.Combine(folder, "memory.events"))
                    .Any(static line => line.StartsWith("oom_kill ", StringComparison.Ordinal) && !line.EndsWith(" 0", StringComparison.Ordinal));
            }
            catch (IOException)
            {
                return false; // removed already
            }
        }

        public Task<bool> RemoveAsync() => CgroupFolder.EmptyAndRemoveAsync(folder);
    }
}
