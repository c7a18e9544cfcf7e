using System.Globalization;
using System.Net.Sockets;
using Glue.Workers.Code;
using Glue.Workers.Runtimes;
using Glue.Workers.Sandboxes;
using Microsoft.Extensions.Logging;

namespace Glue.Workers.Drivers.Process;

/// <summary>
/// Sandboxes out of processes: bubblewrap namespaces, a control group, limits, and under root a user of their own. For code one
/// trusts not to attack the kernel.
/// </summary>
internal sealed class ProcessDriver : ISandboxDriver
{
    // What the agent and bubblewrap themselves take, beside the function's memory.
    private const long OverheadBytes = 16L * 1024 * 1024;

    // Room for what maps data without using it; without a control group this is the last bound.
    private const ulong DataSlackBytes = 512UL * 1024 * 1024;

    private readonly WorkersOptions _options;
    private readonly ILogger _logger;
    private readonly Spawner _spawner = new();
    private readonly UserSlots _users;
    private readonly ICgroups? _cgroups;
    private readonly string _etc;
    private readonly string _agent;

    public ProcessDriver(WorkersOptions options, ILogger<ProcessDriver> logger)
    {
        _options = options;
        _logger = logger;
        _users = new UserSlots(options.FirstUserId);
        _agent = Path.Combine(Path.GetFullPath(options.GuestFolder), "glue-agent");
        _etc = Path.Combine(Path.GetFullPath(options.Folder), "etc");
        Bubblewrap.WriteEtc(_etc);
        (Support, _cgroups) = ProcessProbe.Run(_agent);
        Runtimes = new RuntimeCatalog([.. InterpreterSearch.OfHost(), .. InterpreterSearch.Installed(options)], options.Interpreters);
        foreach (var finding in Support.Findings.Where(static each => !each.IsGood))
        {
            Log.DriverFinding(logger, Name, finding.Name, finding.Text);
        }
    }

    public string Name => "process";

    public SandboxSupport Support { get; }

    public RuntimeCatalog Runtimes { get; }

    public async Task<IRunningSandbox> StartAsync(SandboxSpec spec, CancellationToken cancellationToken)
    {
        if (!Support.IsSupported)
        {
            throw new SandboxStartException(string.Join(' ', Support.Findings.Where(static each => !each.IsGood).Select(static each => each.Text)));
        }

        ICgroup? cgroup = null;
        uint? user = null;
        try
        {
            cgroup = _cgroups?.Create(spec.Id, LimitsOf(spec));
            user = IsRoot ? _users.Take() : null;
            using var open = new OpenDescriptors();
            var (ours, theirs) = open.Add(Native.SocketPair());
            var (handover, theirHandover) = open.Add(Native.SocketPair());
            var (read, write) = open.Add(Native.Pipe());
            var pid = await _spawner.StartAsync(CommandOf(spec, cgroup, user), theirs, theirHandover, write);
            var channel = new Socket(new SafeSocketHandle(open.Release(ours), ownsHandle: true));
            return new ProcessSandbox(pid, channel, new PortHandover(open.Release(handover)), open.Release(read), cgroup, () => Free(user))
            {
                GuardedMemoryKiB = (uint)spec.Version.MemoryMiB * 1024,
                DataLimitBytes = cgroup is null ? ((ulong)spec.Version.MemoryMiB * 1024 * 1024) + DataSlackBytes : 0,
                Leftover = what => Log.LeftBehind(_logger, spec.Id, what),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Free(user);
            if (cgroup is not null)
            {
                await cgroup.RemoveAsync();
            }

            throw new SandboxStartException($"The process sandbox could not be started: {e.Message}", e);
        }
    }

    public ValueTask DisposeAsync()
    {
        _spawner.Dispose();
        _cgroups?.Remove();
        return ValueTask.CompletedTask;
    }

    private static bool IsRoot => Native.EffectiveUser() == 0;

    private List<string> CommandOf(SandboxSpec spec, ICgroup? cgroup, uint? user)
    {
        var guest = Path.GetDirectoryName(_agent)!;
        List<string> command = [_agent, "launch"];
        foreach (var file in cgroup?.ProcsFiles ?? [])
        {
            command.AddRange(["--join", file]);
        }

        var (code, layers, runtime, etc) = (CodeFolder.Task(spec.CodeFolder), CodeFolder.Layers(spec.CodeFolder), guest, _etc);
        var interpreter = Runtimes.Find(spec.Version.Runtime)?.Source;
        if (user is { } id)
        {
            // The sandbox's user may not reach into folders of root: they are put where it can.
            command.AddRange(["--stage", code, "task", "--stage", layers, "opt", "--stage", runtime, "runtime", "--stage", etc, "etc"]);
            command.AddRange(["--user", id.ToString(CultureInfo.InvariantCulture)]);
            (code, layers, runtime, etc) = ("/tmp/task", "/tmp/opt", "/tmp/runtime", "/tmp/etc");
            if (interpreter is not null)
            {
                command.AddRange(["--stage", interpreter, "lang"]);
                interpreter = "/tmp/lang";
            }
        }

        command.Add("--");
        command.AddRange(Bubblewrap.Command(code, layers, runtime, interpreter, etc, spec.Version.EphemeralStorageMiB, "/var/runtime/glue-agent"));
        return command;
    }

    /// <summary>
    /// Memory: /tmp is memory too, so the group may hold both, and the agent watches the function's own share. CPU: in proportion
    /// to memory under contention, and what is idle may be used up to one core (or what the memory size pays for, if more).
    /// </summary>
    private static CgroupLimits LimitsOf(SandboxSpec spec) => new(
        MemoryBytes: ((spec.Version.MemoryMiB + spec.Version.EphemeralStorageMiB) * 1024L * 1024) + OverheadBytes,
        Processes: 1024 + 8,
        CpuShare: Math.Clamp(spec.Version.MemoryMiB, 1, 10_000),
        CpuMillis: Math.Max(1000, spec.Version.MemoryMiB * 1000 / 1769));

    private void Free(uint? user)
    {
        if (user is { } id)
        {
            _users.Free(id);
        }
    }
}
