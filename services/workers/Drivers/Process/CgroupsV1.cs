using System.Globalization;

namespace Glue.Workers.Drivers.Process;

/// <summary>One hierarchy per controller, as on older distributions and some containers.</summary>
internal sealed class CgroupsV1 : ICgroups
{
    private const int PeriodMicros = 100_000;

    private readonly string _memory;
    private readonly string _pids;
    private readonly string _cpu;

    private CgroupsV1(string memory, string pids, string cpu)
    {
        _memory = memory;
        _pids = pids;
        _cpu = cpu;
    }

    public string Description => "version 1, with memory, pids and cpu controllers";

    /// <exception cref="IOException">A controller is missing or not writable.</exception>
    public static CgroupsV1 Open()
    {
        string Own(string controller)
        {
            foreach (var line in File.ReadLines("/proc/self/cgroup"))
            {
                var parts = line.Split(':', 3);
                if (parts[1].Split(',').Contains(controller))
                {
                    var own = Path.Combine("/sys/fs/cgroup", controller) + parts[2].TrimEnd('/');
                    CgroupFolder.Sweep(own);
                    return Directory.CreateDirectory($"{own}/{CgroupFolder.Prefix}{Environment.ProcessId}").FullName;
                }
            }

            throw new IOException($"there is no {controller} controller");
        }

        return new CgroupsV1(Own("memory"), Own("pids"), Own("cpu"));
    }

    public ICgroup Create(string name, CgroupLimits limits)
    {
        var group = new Group([Path.Combine(_memory, name), Path.Combine(_pids, name), Path.Combine(_cpu, name)]);
        foreach (var folder in group.Folders)
        {
            Directory.CreateDirectory(folder);
        }

        CgroupFolder.Write(group.Folders[0], "memory.limit_in_bytes", limits.MemoryBytes.ToString(CultureInfo.InvariantCulture));
        CgroupFolder.Write(group.Folders[1], "pids.max", limits.Processes.ToString(CultureInfo.InvariantCulture));
        // 1024 is what any other group of the machine has; the worker itself must stay ahead of a full house.
        CgroupFolder.Write(group.Folders[2], "cpu.shares", Math.Max(2, limits.CpuShare * 1024 / 10_000).ToString(CultureInfo.InvariantCulture));
        CgroupFolder.Write(group.Folders[2], "cpu.cfs_period_us", PeriodMicros.ToString(CultureInfo.InvariantCulture));
        CgroupFolder.Write(group.Folders[2], "cpu.cfs_quota_us", (limits.CpuMillis * (PeriodMicros / 1000)).ToString(CultureInfo.InvariantCulture));
        return group;
    }

    public void Remove()
    {
        foreach (var folder in (string[])[_memory, _pids, _cpu])
        {
            CgroupFolder.TryRemove(folder);
        }
    }

    private sealed class Group(string[] folders) : ICgroup
    {
        public string[] Folders => folders;

        public IReadOnlyList<string> ProcsFiles { get; } = [.. folders.Select(each => Path.Combine(each, "cgroup.procs"))];

        public bool WasOutOfMemory()
        {
            try
            {
                return File.ReadLines(Path.Combine(folders[0], "memory.oom_control"))
                    .Any(static line => line.StartsWith("oom_kill ", StringComparison.Ordinal) && !line.EndsWith(" 0", StringComparison.Ordinal));
            }
            catch (IOException)
            {
                return false; // removed already
            }
        }

        public async Task<bool> RemoveAsync()
        {
            var areGone = true;
            foreach (var folder in folders)
            {
                areGone &= await CgroupFolder.EmptyAndRemoveAsync(folder);
            }

            return areGone;
        }
    }
}
