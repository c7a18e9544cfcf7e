using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Workers.Drivers.MicroVm.Drives;
using Glue.Workers.Drivers.MicroVm.Native;
using Glue.Workers.Drivers.MicroVm.Qemu;
using Glue.Workers.Drivers.MicroVm.Snapshots;
using Glue.Workers.Sandboxes;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Glue.Workers.Drivers.MicroVm;

/// <summary>
/// Sandboxes as virtual machines: QEMU's <c>microvm</c>, a distribution kernel, the agent as its first process. A sandbox starts from
/// the snapshot of its function, else from the base snapshot of its size, else from power-on.
/// </summary>
internal sealed class MicroVmDriver : ISandboxDriver
{
    private readonly VmLauncher _launcher;
    private readonly CodeDrives _codeDrives;
    private readonly ScratchDrives _scratchDrives;
    private readonly BaseSnapshots? _baseSnapshots;
    private readonly FunctionSnapshots? _functionSnapshots;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public MicroVmDriver(VmLauncher launcher, string folder, SandboxSupport support, TimeProvider time, ILogger logger)
    {
        _launcher = launcher;
        _codeDrives = new CodeDrives(Path.Combine(folder, "code-drives"));
        _scratchDrives = new ScratchDrives(Path.Combine(folder, "scratch"));
        Support = support;
        var options = launcher.Options;
        if (options.UseSnapshots)
        {
            var store = new SnapshotStore(options.SnapshotFolder ?? Path.Combine(folder, "snapshots"), (long)options.SnapshotDiskMiB << 20, time);
            _baseSnapshots = new BaseSnapshots(launcher, store, time, logger);
            _functionSnapshots = options.UseFunctionSnapshots ? new FunctionSnapshots(launcher, store) : null;
        }

        _time = time;
        _logger = logger;
    }

    public string Name => "microvm";

    public SandboxSupport Support { get; }

    public bool NeedsSnapshot(FunctionVersion version) => _functionSnapshots is not null && !_functionSnapshots.Has(version);

    public async Task<IRunningSandbox> StartAsync(SandboxSpec spec, CancellationToken cancellationToken)
    {
        try
        {
            using var code = Descriptor.Open(await _codeDrives.EnsureAsync(spec.CodeFolder), Posix.O_RDONLY);
            return spec.IsTemplate
                ? await StartTemplateAsync(spec, code, cancellationToken)
                : await FromFunctionSnapshotAsync(spec, code, cancellationToken)
                    ?? await FromBaseSnapshotAsync(spec, code, cancellationToken)
                    ?? await BootAsync(spec, code, cancellationToken);
        }
        catch (Exception e) when (e is VmmException or IOException or Images.ImageBuildException)
        {
            throw new SandboxStartException($"The microVM could not be started: {e.Message}", e);
        }
    }

    public ValueTask DisposeAsync()
    {
        _launcher.Dispose();
        _launcher.Parts.Dispose();
        _launcher.Jail.Remove();
        return ValueTask.CompletedTask;
    }

    private async Task<MicroVmSandbox?> FromFunctionSnapshotAsync(SandboxSpec spec, SafeFileHandle code, CancellationToken cancellationToken)
    {
        if (_functionSnapshots is null || !spec.MayUseFunctionSnapshot || _functionSnapshots.Find(spec.Version) is not { } snapshot)
        {
            return null;
        }

        var scratch = SparseFile.Copy(snapshot.Scratch!, _scratchDrives.Folder);
        try
        {
            var vmm = await _launcher.RestoreAsync(_launcher.Describe(spec.Version.MemoryMiB, code, scratch), snapshot, cancellationToken);
            return Sandbox(vmm, SandboxStart.FunctionSnapshot, spec, scratch);
        }
        catch (VmmException e)
        {
            scratch.Dispose();
            Log.RestoreFailed(_logger, spec.Id, e);
            _functionSnapshots.Discard(spec.Version);
            return null;
        }
    }

    private async Task<MicroVmSandbox?> FromBaseSnapshotAsync(SandboxSpec spec, SafeFileHandle code, CancellationToken cancellationToken)
    {
        if (_baseSnapshots is null || await _baseSnapshots.GetAsync(spec.Version.MemoryMiB) is not { } snapshot)
        {
            return null;
        }

        var scratch = await _scratchDrives.CreateAsync(spec.Version.EphemeralStorageMiB);
        try
        {
            var vmm = await _launcher.RestoreAsync(_launcher.Describe(spec.Version.MemoryMiB, code, scratch), snapshot, cancellationToken);
            return Sandbox(vmm, SandboxStart.BaseSnapshot, spec, scratch);
        }
        catch (VmmException e)
        {
            scratch.Dispose();
            Log.RestoreFailed(_logger, spec.Id, e);
            _baseSnapshots.Discard(spec.Version.MemoryMiB, snapshot);
            return null;
        }
    }

    private async Task<MicroVmSandbox> BootAsync(SandboxSpec spec, SafeFileHandle code, CancellationToken cancellationToken)
    {
        var scratch = await _scratchDrives.CreateAsync(spec.Version.EphemeralStorageMiB);
        try
        {
            var vmm = await _launcher.BootAsync(_launcher.Describe(spec.Version.MemoryMiB, code, scratch), spec.Id, cancellationToken);
            await _launcher.AwakenAsync(vmm, cancellationToken);
            return Sandbox(vmm, SandboxStart.Boot, spec, scratch);
        }
        catch
        {
            scratch.Dispose();
            throw;
        }
    }

    /// <summary>From the base snapshot too, but into memory of its own that it writes through to.</summary>
    private async Task<MicroVmSandbox> StartTemplateAsync(SandboxSpec spec, SafeFileHandle code, CancellationToken cancellationToken)
    {
        if (_baseSnapshots is null || _functionSnapshots is null || await _baseSnapshots.GetAsync(spec.Version.MemoryMiB) is not { } source)
        {
            throw new VmmException("There is no base snapshot to begin with.");
        }

        var scratch = await _scratchDrives.CreateAsync(spec.Version.EphemeralStorageMiB);
        var memory = Descriptor.Memory("guest-memory", 0);
        try
        {
            SparseFile.CopyTo(source.Memory, memory);
            var machine = _launcher.Describe(spec.Version.MemoryMiB, code, scratch);
            var vmm = await _launcher.RestoreSharedAsync(machine, source, memory, cancellationToken);
            return Sandbox(vmm, SandboxStart.BaseSnapshot, spec, scratch, new TemplateSaver(spec.Version, memory, _functionSnapshots, _scratchDrives.Folder));
        }
        catch
        {
            scratch.Dispose();
            memory.Dispose();
            throw;
        }
    }

    private MicroVmSandbox Sandbox(Vmm vmm, SandboxStart start, SandboxSpec spec, SafeFileHandle scratch, TemplateSaver? saver = null) =>
        new(vmm, start, spec.Version.MemoryMiB, scratch, new IdleFreezer(vmm, _launcher.Options.FreezeAfter, _time)) { Saver = saver };
}
