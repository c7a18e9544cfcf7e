using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Workers.Drivers.MicroVm.Drives;
using Glue.Workers.Drivers.MicroVm.Native;
using Glue.Workers.Drivers.MicroVm.Qemu;
using Glue.Workers.Drivers.MicroVm.Snapshots;
using Glue.Workers.Drivers.MicroVm.Waiting;
using Glue.Workers.Runtimes;
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
    private readonly ReadOnlyDrives _drives;
    private readonly ScratchDrives _scratchDrives;
    private readonly BaseSnapshots? _baseSnapshots;
    private readonly FunctionSnapshots? _functionSnapshots;
    private readonly WaitingPool<Snapshot, WaitingVmm> _waiting;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public MicroVmDriver(VmLauncher launcher, string folder, SandboxSupport support, RuntimeCatalog runtimes, TimeProvider time, ILogger logger)
    {
        _launcher = launcher;
        var options = launcher.Options;
        var (codeFolder, scratchFolder) = (Path.Combine(folder, "code-drives"), Path.Combine(folder, "scratch"));
        var snapshotFolder = options.SnapshotFolder ?? Path.Combine(folder, "snapshots");
        foreach (var each in (string[])[codeFolder, scratchFolder, snapshotFolder])
        {
            Unfinished.Sweep(each);
        }

        _drives = new ReadOnlyDrives(codeFolder);
        _scratchDrives = new ScratchDrives(scratchFolder);
        (Support, Runtimes) = (support, runtimes);
        if (options.UseSnapshots)
        {
            var store = new SnapshotStore(snapshotFolder, (long)options.SnapshotDiskMiB << 20, time);
            _baseSnapshots = new BaseSnapshots(launcher, store, time, logger);
            _functionSnapshots = options.UseFunctionSnapshots ? new FunctionSnapshots(launcher, runtimes, store) : null;
        }

        _waiting = new WaitingPool<Snapshot, WaitingVmm>(options.WaitingMemoryMiB / MicroVmOptions.WaitingVmmMiB, HostMemory.IsShort, time);
        _time = time;
        _logger = logger;
    }

    public string Name => "microvm";

    public SandboxSupport Support { get; }

    public RuntimeCatalog Runtimes { get; }

    public bool NeedsSnapshot(FunctionVersion version) => _functionSnapshots is not null && !_functionSnapshots.Has(version);

    public async Task<IRunningSandbox> StartAsync(SandboxSpec spec, CancellationToken cancellationToken)
    {
        try
        {
            using var function = await OpenAsync(spec.Version, spec.CodeFolder);
            return spec.IsTemplate
                ? await StartTemplateAsync(spec, function, cancellationToken)
                : await FromFunctionSnapshotAsync(spec, cancellationToken)
                    ?? await FromBaseSnapshotAsync(spec, function, cancellationToken)
                    ?? await BootAsync(spec, function, cancellationToken);
        }
        catch (Exception e) when (e is VmmException or IOException or Images.ImageBuildException)
        {
            throw new SandboxStartException($"The microVM could not be started: {e.Message}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _waiting.DisposeAsync();
        _launcher.Dispose();
        _launcher.Parts.Dispose();
        _launcher.Jail.Remove();
    }

    private async Task<FunctionDrives> OpenAsync(FunctionVersion version, string codeFolder)
    {
        var interpreter = await _drives.OpenAsync(Runtimes.Find(version.Runtime));
        try
        {
            return new FunctionDrives(await _drives.OpenCodeAsync(codeFolder), interpreter);
        }
        catch
        {
            interpreter?.Dispose();
            throw;
        }
    }

    private async Task<MicroVmSandbox?> FromFunctionSnapshotAsync(SandboxSpec spec, CancellationToken cancellationToken)
    {
        if (_functionSnapshots is null || !spec.MayUseFunctionSnapshot || _functionSnapshots.Find(spec.Version) is not { } snapshot)
        {
            return null;
        }

        var taken = _waiting.Take(snapshot, () => WaitAsync(spec.Version, spec.CodeFolder, snapshot));
        try
        {
            // One that waited may have ended meanwhile: that says nothing about the snapshot, and another is started.
            return taken is not null && await _launcher.TryLoadAsync(taken, snapshot, cancellationToken)
                ? Sandbox(taken.Vmm, SandboxStart.FunctionSnapshot, spec, taken.Scratch)
                : await FromFunctionSnapshotAsync(spec, snapshot, cancellationToken);
        }
        catch (VmmException e)
        {
            Log.RestoreFailed(_logger, spec.Id, e);
            _functionSnapshots.Discard(spec.Version);
            return null;
        }
        finally
        {
            _waiting.Done();
        }
    }

    private async Task<MicroVmSandbox> FromFunctionSnapshotAsync(SandboxSpec spec, Snapshot snapshot, CancellationToken cancellationToken)
    {
        var started = await WaitAsync(spec.Version, spec.CodeFolder, snapshot);
        try
        {
            await _launcher.LoadAsync(started.Vmm, snapshot, cancellationToken);
            return Sandbox(started.Vmm, SandboxStart.FunctionSnapshot, spec, started.Scratch);
        }
        catch
        {
            started.Scratch.Dispose();
            throw;
        }
    }

    /// <summary>A VMM of a version that waits for the state of its snapshot.</summary>
    private async Task<WaitingVmm> WaitAsync(FunctionVersion version, string codeFolder, Snapshot snapshot)
    {
        using var function = await OpenAsync(version, codeFolder);
        var scratch = SparseFile.Copy(snapshot.Scratch!, _scratchDrives.Folder);
        try
        {
            return new WaitingVmm(await _launcher.WaitForStateAsync(_launcher.Describe(version.MemoryMiB, function, scratch), snapshot, CancellationToken.None), scratch);
        }
        catch
        {
            scratch.Dispose();
            throw;
        }
    }

    private async Task<MicroVmSandbox?> FromBaseSnapshotAsync(SandboxSpec spec, FunctionDrives function, CancellationToken cancellationToken)
    {
        if (_baseSnapshots is null || await _baseSnapshots.GetAsync(spec.Version.MemoryMiB) is not { } snapshot)
        {
            return null;
        }

        var scratch = await _scratchDrives.CreateAsync(spec.Version.EphemeralStorageMiB);
        try
        {
            var vmm = await _launcher.RestoreAsync(_launcher.Describe(spec.Version.MemoryMiB, function, scratch), snapshot, cancellationToken);
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

    private async Task<MicroVmSandbox> BootAsync(SandboxSpec spec, FunctionDrives function, CancellationToken cancellationToken)
    {
        var scratch = await _scratchDrives.CreateAsync(spec.Version.EphemeralStorageMiB);
        try
        {
            var vmm = await _launcher.BootAsync(_launcher.Describe(spec.Version.MemoryMiB, function, scratch), spec.Id, cancellationToken);
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
    private async Task<MicroVmSandbox> StartTemplateAsync(SandboxSpec spec, FunctionDrives function, CancellationToken cancellationToken)
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
            var machine = _launcher.Describe(spec.Version.MemoryMiB, function, scratch);
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
