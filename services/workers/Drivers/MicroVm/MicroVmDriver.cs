using Glue.Contracts.Invocations;
using Glue.Workers.Drivers.MicroVm.Drives;
using Glue.Workers.Drivers.MicroVm.Native;
using Glue.Workers.Drivers.MicroVm.Qemu;
using Glue.Workers.Drivers.MicroVm.Snapshots;
using Glue.Workers.Sandboxes;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Glue.Workers.Drivers.MicroVm;

/// <summary>Sandboxes as virtual machines: QEMU's <c>microvm</c>, a distribution kernel, the agent as its first process.</summary>
internal sealed class MicroVmDriver : ISandboxDriver
{
    private readonly VmLauncher _launcher;
    private readonly CodeDrives _codeDrives;
    private readonly ScratchDrives _scratchDrives;
    private readonly BaseSnapshots? _baseSnapshots;
    private readonly ILogger _logger;

    public MicroVmDriver(VmLauncher launcher, string folder, SandboxSupport support, TimeProvider time, ILogger logger)
    {
        _launcher = launcher;
        _codeDrives = new CodeDrives(Path.Combine(folder, "code-drives"));
        _scratchDrives = new ScratchDrives(Path.Combine(folder, "scratch"));
        Support = support;
        if (launcher.Options.UseSnapshots)
        {
            var store = new SnapshotStore(launcher.Options.SnapshotFolder ?? Path.Combine(folder, "snapshots"), (long)launcher.Options.SnapshotDiskMiB << 20);
            _baseSnapshots = new BaseSnapshots(launcher, store, time, logger);
        }

        _logger = logger;
    }

    public string Name => "microvm";

    public SandboxSupport Support { get; }

    public async Task<IRunningSandbox> StartAsync(SandboxSpec spec, CancellationToken cancellationToken)
    {
        try
        {
            using var code = Descriptor.Open(await _codeDrives.EnsureAsync(spec.CodeFolder), Posix.O_RDONLY);
            var scratch = await _scratchDrives.CreateAsync(spec.Version.EphemeralStorageMiB);
            try
            {
                return await StartAsync(spec, code, scratch, cancellationToken);
            }
            catch
            {
                scratch.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is VmmException or IOException or Images.ImageBuildException)
        {
            throw new SandboxStartException($"The microVM could not be started: {e.Message}", e);
        }
    }

    public ValueTask DisposeAsync()
    {
        _launcher.Dispose();
        _baseSnapshots?.Dispose();
        _launcher.Parts.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<MicroVmSandbox> StartAsync(SandboxSpec spec, SafeFileHandle code, SafeFileHandle scratch, CancellationToken cancellationToken)
    {
        var machine = _launcher.Describe(spec.Version.MemoryMiB, code, scratch);
        if (_baseSnapshots is not null && await _baseSnapshots.GetAsync(spec.Version.MemoryMiB) is { } snapshot)
        {
            try
            {
                var restored = await _launcher.RestoreAsync(machine, snapshot, cancellationToken);
                return new MicroVmSandbox(restored, SandboxStart.BaseSnapshot, spec.Version.MemoryMiB, scratch);
            }
            catch (VmmException e)
            {
                Log.RestoreFailed(_logger, spec.Id, e);
                _baseSnapshots.Discard(spec.Version.MemoryMiB, snapshot);
            }
        }

        var booted = await _launcher.BootAsync(machine, spec.Id, cancellationToken);
        await _launcher.AwakenAsync(booted, cancellationToken);
        return new MicroVmSandbox(booted, SandboxStart.Boot, spec.Version.MemoryMiB, scratch);
    }
}
